/// Default prompts: prose, dialogue, code, lists, numbers and several languages.
package enum VerificationPrompts {
  package static let standard = [
    "The capital of France is",
    "Once upon a time, in a village at the foot of a mountain,",
    "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n",
    "Q: Why is the sky blue?\nA:",
    "The three most important things about writing tests are:\n1.",
    "Water boils at 100 degrees Celsius at sea level, but on a high mountain",
    "import numpy as np\n\n# Compute the mean of each column\n",
    "Dear Sir or Madam,\n\nI am writing to ask",
    "To make a good cup of tea, first",
    "In 1969, the first human beings",
    "The difference between a compiler and an interpreter is",
    "SELECT name, COUNT(*) FROM orders WHERE",
    "Il était une fois une petite fille qui",
    "Das Wetter in Hamburg ist",
    "El perro corre por",
    "Photosynthesis is the process by which",
    "\"I never said that,\" she replied, looking out of the window.",
    "1, 1, 2, 3, 5, 8, 13,",
    "<html>\n<head>\n<title>",
    "My favourite book is",
    "The stock market fell today after",
    "If a train leaves the station at 3 pm travelling at 60 miles per hour,",
    "Ingredients:\n- 2 cups of flour\n- 1 cup of sugar\n",
    "The human heart has four chambers:",
  ]
}
