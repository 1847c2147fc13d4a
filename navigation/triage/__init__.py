"""Triage: who needs help now. Pure: values in, values out; no clock, no settings, no database.

It decides life and death, so it is built to one rule: it never diagnoses and never lowers urgency. Any red flag
raises; "unsure" counts as yes; when the words leave room for doubt, they raise.

    letters   whatever was typed → plain words and boundaries
    spelling  a misspelt word → the word that was meant
    reading   words → clauses, without figures of speech
    phrases   the notation of the data → patterns
    claims    said to be so, or denied, long past, only talked about
    ear       text → signs
    worry     the second net: words that worry though no sign was heard; its points are made by learn
    flags     the data → flags, signs, questions
    decide    signs and answers → level, kind, flags, actions
"""

from .decide import ANSWERS, Action, Assessment, InvalidInput, assess, follow_up, questions
from .flags import LANGUAGES, Language, Level

__all__ = [
    "ANSWERS",
    "LANGUAGES",
    "Action",
    "Assessment",
    "InvalidInput",
    "Language",
    "Level",
    "assess",
    "follow_up",
    "questions",
]
