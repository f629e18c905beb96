"""The settings of the links by which reminders are answered without signing in."""

from tracker import env

# Former values of SECRET_KEY: what was signed with them is still believed, nothing new is signed with them
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ANSWER_LINK_DAYS = env.whole_number("ANSWER_LINK_DAYS")
# Requests a minute, for each person, and for each address that comes with links that aren't ours; 0 means no limit.
# A scanner of mail opens all links of a mail at once.
ANSWER_REQUESTS_PER_MINUTE = env.whole_number("ANSWER_REQUESTS_PER_MINUTE")
