"""What the end-to-end tests share: the process, the REST client, a browser, service providers, judges."""
