// Makes a passkey, or shows one: what the site asks stands in the form, and what the browser answers goes back in it.
// Bytes travel as base64url. Nothing here is remembered.
"use strict";

const form = document.querySelector("form[data-passkey]");

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};
const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const keys = (listed) => (listed || []).map((key) => ({ ...key, id: bytes(key.id) }));

const create = async (asked) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: keys(asked.excludeCredentials),
    },
  });
  const { response } = made;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    extensions: JSON.stringify(made.getClientExtensionResults()),
    response: {
      attestationObject: text(response.attestationObject),
      clientDataJSON: text(response.clientDataJSON),
      transports: response.getTransports ? response.getTransports() : null,
    },
  };
};

const get = async (asked) => {
  const shown = await navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) },
  });
  const { response } = shown;
  return {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
};

if (form) {
  const said = form.querySelector("[data-said]");
  let busy = false;
  const ask = async () => {
    if (busy) return;
    if (!window.PublicKeyCredential) {
      said.textContent = said.dataset.missing;
      return;
    }
    busy = true;
    said.textContent = "";
    try {
      const asked = JSON.parse(form.dataset.options);
      const answer = await (form.dataset.passkey === "create" ? create(asked) : get(asked));
      form.elements.namedItem("credential").value = JSON.stringify(answer);
      form.submit();
    } catch {
      // Cancelled, too late, or a key that is registered already: she may try again.
      said.textContent = said.dataset.failed;
    } finally {
      busy = false;
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  ask();
}
