"""Who may vouch for people beside a provider of OpenID Connect: Feishu and DingTalk, by allauth's ways to them.

They sign no token: who somebody is, they answer to a key that was got for a code. It has to be somebody of the
organisation that the settings name, since anybody can have an account there.
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings

STRANGER = "the person is of another organisation"


class Feishu(FeishuOAuth2Adapter):
    """By the address that the organisation gives its people there."""

    def claims(self, answer: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        """What is said of the person. Raises OAuth2Error of somebody of another organisation."""
        with get_adapter().get_requests_session() as session:
            found = session.get(self.user_info_url, headers={"Authorization": f"Bearer {answer['access_token']}"})
            found.raise_for_status()
        said = found.json()
        person: dict[str, Any] = said.get("data") or {}
        if said.get("code") != 0 or not person.get("open_id"):
            raise OAuth2Error("it didn't say who it is")
        if person.get("tenant_key") != _tenant():
            raise OAuth2Error(STRANGER)
        return {**person, "sub": person["open_id"]}


class DingTalk(DingTalkOAuth2Adapter):
    """Addresses there are people's own, so that none is believed: people connect their account themselves."""

    def claims(self, answer: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        """What is said of the person. Raises OAuth2Error of somebody of another organisation."""
        if answer.get("corpId") != _tenant():
            raise OAuth2Error(STRANGER)
        with get_adapter().get_requests_session() as session:
            found = session.get(self.profile_url, headers={"x-acs-dingtalk-access-token": answer["access_token"]})
            found.raise_for_status()
        person: dict[str, Any] = found.json()
        if not person.get("openId"):
            raise OAuth2Error("it didn't say who it is")
        return {**person, "sub": person["openId"]}


def _tenant() -> str:
    return settings.SINGLE_SIGN_ON.tenant if settings.SINGLE_SIGN_ON else ""
