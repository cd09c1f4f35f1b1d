"""What a box says of an answer that it cannot take, in this product's words in place of Django's.

Django keeps these sentences on the classes of its fields and validators; they are put right there, once, so that our
forms and those of other packages speak alike.
"""

from django import forms
from django.core import validators

EMPTY = "This is empty. Please fill it in."
NO_CHOICE = "This is not one of the available choices. Choose one of those that are offered."
NO_ROW = "This is not one of the available choices. Choose one of those that are offered."
NO_NUMBER = "This is not a number. Write it with the digits 0 to 9, such as 12.5."

FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": EMPTY},
    forms.IntegerField: {"invalid": "This is not a whole number. Write it with the digits 0 to 9."},
    forms.FloatField: {"invalid": NO_NUMBER},
    forms.DecimalField: {"invalid": NO_NUMBER},
    forms.DateField: {"invalid": "This is not a date. Enter a day that the calendar has."},
    forms.TimeField: {"invalid": "This is not a time. Enter hours and minutes, such as 09:30."},
    forms.DateTimeField: {"invalid": "This is not a date and a time. Enter both."},
    forms.RegexField: {"invalid": "This is not written as it has to be. The line beside the box says how."},
    forms.FileField: {
        "invalid": "No file arrived. Choose it again.",
        "missing": "No file arrived. Choose it again.",
        "empty": "The file is empty. Choose another one.",
        "max_length": "The name of the file is too long: it has %(length)d characters, and %(max)d fit.",
        "contradiction": "A file was chosen and taken away at once. Do one of the two.",
    },
    forms.JSONField: {"invalid": "The browser sent something that cannot be read. Please try once more."},
    forms.ChoiceField: {"invalid_choice": NO_CHOICE},
    forms.MultipleChoiceField: {"invalid_choice": NO_CHOICE, "invalid_list": NO_CHOICE},
    forms.ModelChoiceField: {"invalid_choice": NO_ROW},
    forms.ModelMultipleChoiceField: {"invalid_list": NO_ROW, "invalid_choice": NO_ROW, "invalid_pk_value": NO_ROW},
}
VALIDATORS: dict[type, str] = {
    validators.RegexValidator: "This is not written as it has to be. The line beside the box says how.",
    validators.EmailValidator: "This is no e-mail address. Write it as name@place.org.",
    validators.MaxValueValidator: "This is too much: %(limit_value)s at most.",
    validators.MinValueValidator: "This is too little: %(limit_value)s at least.",
    validators.MaxLengthValidator: "This text has %(show_value)d characters; %(limit_value)d fit. Please shorten it.",
    validators.MinLengthValidator: "This text has %(show_value)d characters; it needs %(limit_value)d.",
    validators.ProhibitNullCharactersValidator: "A character in it cannot be stored. Please type it again.",
}
DIGITS = {
    "invalid": NO_NUMBER,
    "max_digits": "This number has more than %(max)s digits. Please check it.",
    "max_decimal_places": "This number has more than %(max)s decimal places. Round it.",
    "max_whole_digits": "This number has more than %(max)s digits before the point. Please check it.",
}


def speak() -> None:
    """Put our sentences where Django keeps its own."""
    for field, sentences in FIELDS.items():
        field.default_error_messages = getattr(field, "default_error_messages", {}) | sentences
    for validator, sentence in VALIDATORS.items():
        validator.message = sentence
    validators.DecimalValidator.messages = DIGITS
