"""Sessions in the database, as Django keeps them; every request reads one, by a statement that is made once."""

from django.contrib.sessions.backends import db
from django.utils import timezone

from crf.models.lookup import Lookup


class SessionStore(db.SessionStore):
    """Django's, but for how a session is looked up. Its name is part of what signs the content: it stays."""

    def _get_session_from_db(self):
        found = _BY_KEY.first(self.session_key)
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found


_BY_KEY = Lookup(lambda key: SessionStore.get_model_class().objects.filter(session_key=key))
