"""The reference case as a demonstration: Tajikistan, June 2017, from data files that people can read.

It shows what was true, or was said, on 9 June 2017, and nothing of what came after. It says nothing about
anyone's present condition, invents no consent and no fact, and never runs in production.
"""
