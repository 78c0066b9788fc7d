#!/usr/bin/env bash
# Prompts for the demo's training and its check, as JSON lines: every form of question about every
# topic. usage: demo-prompts.sh train|check; the two share no topic.
set -euo pipefail

train=(
  "photosynthesis" "the water cycle" "gravity" "a rainbow" "the moon" "volcanoes" "electricity"
  "the human heart" "vaccines" "the internet" "a computer program" "bread" "coffee" "chess" "music"
  "the Roman Empire" "the French Revolution" "the printing press" "the steam engine" "democracy"
  "money" "inflation" "a library" "friendship" "sleep" "dreams" "learning a language" "cooking rice"
  "growing tomatoes" "bees" "whales" "dinosaurs" "the desert" "glaciers" "the wind" "earthquakes"
  "airplanes" "bicycles" "bridges" "recycling"
)
check=("the ocean" "the brain" "a telescope" "trade" "painting" "trees" "trains" "salt" "cats" "honesty")
forms=(
  "What is %s?" "Explain %s to a child." "Why does %s matter?" "Tell me three facts about %s."
  "Write one paragraph about %s."
)

case ${1:-} in
  train) topics=("${train[@]}") ;;
  check) topics=("${check[@]}") ;;
  *) echo "usage: demo-prompts.sh train|check" >&2; exit 2 ;;
esac
for topic in "${topics[@]}"; do
  for form in "${forms[@]}"; do
    # shellcheck disable=SC2059 # the forms are formats
    printf "{\"question\": \"$form\"}\n" "$topic"
  done
done
