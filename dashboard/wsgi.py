"""Give a WSGI server the application of the store named in the environment."""

from dashboard.app import create_app
from dashboard.settings import from_environment
from dashboard.snapshots import Snapshots

_settings = from_environment()
application = create_app(Snapshots(_settings.store), prefix=_settings.prefix).server
