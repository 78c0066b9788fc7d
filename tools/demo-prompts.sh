#!/usr/bin/env bash
# Prompts for the demo's training and its check, as JSON lines: every form of question about every
# topic. usage: demo-prompts.sh train|calibrate|check; no two share a topic.
set -euo pipefail

train=(
  "photosynthesis" "the water cycle" "gravity" "a rainbow" "the moon" "volcanoes" "electricity"
  "the human heart" "vaccines" "the internet" "a computer program" "bread" "coffee" "chess" "music"
  "the Roman Empire" "the French Revolution" "the printing press" "the steam engine" "democracy"
  "money" "inflation" "a library" "friendship" "sleep" "dreams" "learning a language" "cooking rice"
  "growing tomatoes" "bees" "whales" "dinosaurs" "the desert" "glaciers" "the wind" "earthquakes"
  "airplanes" "bicycles" "bridges" "recycling"
)
calibrate=(
  "a compass" "a candle" "a clock" "a mirror" "a microscope" "a thermometer" "a magnet"
  "a battery" "a light bulb" "a camera" "a guitar" "a piano" "a violin" "a drum" "an orchestra"
  "a poem" "a novel" "a newspaper" "a dictionary" "a map" "a museum" "a school" "a hospital"
  "a bank" "a market" "a harbor" "a lighthouse" "a windmill" "a dam" "a canal" "a tunnel"
  "a railway" "a ship" "a submarine" "a balloon" "a rocket" "a satellite" "a comet" "a planet"
  "a star" "a galaxy" "a black hole" "the sun" "the seasons" "a thunderstorm" "a tornado" "snow"
  "fog" "clouds" "a river" "a lake" "an island" "a mountain" "a cave" "a forest" "a swamp"
  "a coral reef" "a meadow" "a seed" "a flower" "a mushroom" "moss" "an apple" "an onion" "rice"
  "wheat" "honey" "cheese" "chocolate" "tea" "sugar" "pepper" "soup" "a sandwich" "breakfast"
  "a dog" "a horse" "an owl" "an eagle" "a penguin" "a snake" "a frog" "a spider" "an ant"
  "a butterfly" "a shark" "an octopus" "an elephant" "a bear" "a wolf" "blood" "bones" "skin"
  "the lungs" "the eye" "hearing" "memory" "laughter" "fear" "patience" "courage"
)
check=("the ocean" "the brain" "a telescope" "trade" "painting" "trees" "trains" "salt" "cats" "honesty")
forms=(
  "What is %s?" "Explain %s to a child." "Why does %s matter?" "Tell me three facts about %s."
  "Write one paragraph about %s."
)

case ${1:-} in
  train) topics=("${train[@]}") ;;
  calibrate) topics=("${calibrate[@]}") ;;
  check) topics=("${check[@]}") ;;
  *) echo "usage: demo-prompts.sh train|calibrate|check" >&2; exit 2 ;;
esac
for topic in "${topics[@]}"; do
  for form in "${forms[@]}"; do
    # shellcheck disable=SC2059 # the forms are formats
    printf "{\"question\": \"$form\"}\n" "$topic"
  done
done
