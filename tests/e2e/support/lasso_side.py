"""A service provider by lasso, the library behind mod_auth_mellon. It is a package of the system and not of the
tests' own environment, so it runs as a program beside them: a line of JSON for each question and each answer.

    /usr/bin/python3 lasso_side.py SP_METADATA KEY CERTIFICATE IDP_METADATA
"""

import json
import sys

import lasso

METHODS = {"redirect": lasso.HTTP_METHOD_REDIRECT, "post": lasso.HTTP_METHOD_POST}


class Side:
    def __init__(self, sp_metadata: str, key: str, certificate: str, idp_metadata: str):
        self.server = lasso.Server(sp_metadata, key, None, certificate)
        self.server.signatureMethod = lasso.SIGNATURE_METHOD_RSA_SHA256
        self.server.addProvider(lasso.PROVIDER_ROLE_IDP, idp_metadata, None, None)
        self.session = self.identity = self.asked = None

    def sign_on(self, response: str) -> dict:
        login = lasso.Login(self.server)
        login.processAuthnResponseMsg(response)
        login.acceptSso()
        self.session, self.identity = login.session.dump(), login.identity.dump() if login.identity else None
        return {"name_id": login.nameIdentifier.content}

    def ask(self, binding: str, relay_state: str) -> dict:
        self.asked = self._logout()
        self.asked.initRequest(None, METHODS[binding])
        self.asked.msgRelayState = relay_state
        self.asked.buildRequestMsg()
        return self._message(self.asked)

    def read(self, message: str) -> dict:
        self.asked.processResponseMsg(message)
        return {"taken": True}

    def answer(self, message: str) -> dict:
        logout = self._logout()
        logout.processRequestMsg(message)
        logout.validateRequest()
        logout.buildResponseMsg()
        self.session = None
        return self._message(logout)

    def _logout(self) -> lasso.Logout:
        logout = lasso.Logout(self.server)
        logout.setSessionFromDump(self.session)
        if self.identity:
            logout.setIdentityFromDump(self.identity)
        return logout

    @staticmethod
    def _message(profile: lasso.Profile) -> dict:
        return {"url": profile.msgUrl, "body": profile.msgBody, "relay_state": profile.msgRelayState}


def main():
    side = Side(*sys.argv[1:])
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = getattr(side, question.pop("do"))(**question)
        except lasso.Error as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
