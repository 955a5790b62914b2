"""Apache with mod_auth_mellon: a service provider as it stands in front of many web pages."""

import os
import pathlib
import shutil
import subprocess

import requests

from support.process import free_port, wait_until
from support.service_provider import SigningKey

MODULES = pathlib.Path("/usr/lib/apache2/modules")
SITE = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
Mutex file:{folder} default
{identity}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_mellon_module {modules}/mod_auth_mellon.so
DocumentRoot {folder}/pages
DirectoryIndex index.html
MellonPostDirectory {folder}
<Directory {folder}/pages>
  Require all granted
</Directory>
<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  MellonSecureCookie Off
  MellonRedirectDomains *
  MellonSPentityId http://127.0.0.1:{port}/mellon/metadata
  MellonSPPrivateKeyFile {key}
  MellonSPCertFile {certificate}
  MellonIdPMetadataFile {folder}/idp.xml
  MellonMergeEnvVars On ";"
</Location>
<Location /secret>
  MellonEnable auth
  AuthType Mellon
  Require valid-user
  Header set X-Name-Id "%{{MELLON_NAME_ID}}e"
  Header set X-Team "%{{MELLON_team}}e"
</Location>
"""


class Mellon:
    """A running site; `/secret/` is for those who signed in, and says in its headers who that is."""

    def __init__(self, folder: pathlib.Path, idp_metadata: str):
        self._folder = folder
        (folder / "pages" / "secret").mkdir(parents=True)
        (folder / "pages" / "index.html").write_text("open to all")
        (folder / "pages" / "secret" / "index.html").write_text("for members")
        (folder / "idp.xml").write_text(idp_metadata)
        key = SigningKey(folder, "mellon")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        # As root, Apache hands its work to somebody else, who has to be able to read the pages.
        identity = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
        site = SITE.format(
            folder=folder, port=port, identity=identity, modules=MODULES, key=key.key_file, certificate=key.cert_file
        )
        (folder / "site.conf").write_text(site)
        for place in [folder, *folder.parents]:
            if place == pathlib.Path("/tmp"):
                break
            place.chmod(0o755)
        self._start()

    def _start(self):
        self._process = subprocess.Popen([shutil.which("apache2") or "/usr/sbin/apache2", "-DFOREGROUND", "-f", self._folder / "site.conf"])
        wait_until(self._answers, "Apache")

    def learn(self, idp_metadata: str):
        """Reads the identity provider's metadata anew, as its administrator would have it do: by a restart."""
        (self._folder / "idp.xml").write_text(idp_metadata)
        self.stop()
        self._start()

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log()
        try:
            return requests.get(self.url, timeout=5).ok
        except requests.ConnectionError:
            return False

    @property
    def metadata(self) -> str:
        answer = requests.get(f"{self.url}/mellon/metadata", timeout=30)
        assert answer.status_code == 200, self.log()
        return answer.text

    def log(self) -> str:
        log = self._folder / "error.log"
        return log.read_text() if log.exists() else ""

    def stop(self):
        self._process.terminate()
        self._process.wait(30)
