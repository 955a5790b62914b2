"""A mail server by others, which keeps what it is handed."""

import email
import email.policy

from aiosmtpd.controller import Controller

from support.process import free_port


class Mailbox:
    """One running server and its mails."""

    def __init__(self):
        self.mails = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()
        self.url = f"smtp://127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 taken"

    def stop(self):
        self._controller.stop()
