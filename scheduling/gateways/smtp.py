"""E-mail through Django's SMTP settings, with the invitation as a calendar part of its own."""

import smtplib

from django.core.mail import EmailMultiAlternatives

from scheduling.gateways import GatewayError, Message


def send(message: Message) -> str:
    uuid = message.notification.uuid
    headers = {"Message-ID": f"<{uuid}@acompana>"}  # the same on every attempt: a mailbox shows it once
    mail = EmailMultiAlternatives(message.subject, message.body, to=[message.address], headers=headers)
    if message.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in message.calendar else "REQUEST"
        mail.attach_alternative(message.calendar, f"text/calendar; method={method}; charset=utf-8")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        # A 4xx asks to come back: many servers greet every stranger so.
        for_good = all(code >= 500 for code, _ in refused.recipients.values())
        raise GatewayError("address_refused", permanent=for_good) from None
    except (smtplib.SMTPException, OSError):
        raise GatewayError("smtp_unavailable") from None
    return str(uuid)
