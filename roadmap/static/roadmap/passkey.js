// Joins allauth's script for passkeys to the page's form, and says when the browser got none.
(function () {
  const form = document.querySelector('form[data-passkey]')
  const failed = document.getElementById('passkey-failed')
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    failed.hidden = false
  })
  window.allauth.webauthn.forms[form.dataset.passkey]({
    ids: { add: 'passkey-act', authenticate: 'passkey-act', credential: form.elements.credential.id, data: 'passkey-data' }
  })
})()
