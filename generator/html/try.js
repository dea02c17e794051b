"use strict";
(() => {
  const connect = document.getElementById("connect");
  const status = document.getElementById("session");
  const forms = document.querySelectorAll("article form.try");
  const kept = 100; // lines of a log
  let connection = null;
  let session = null;

  function show(form, kind, text, link) {
    const log = form.querySelector(".log");
    const line = document.createElement("p");
    line.className = kind;
    line.append(kind + " ");
    if (link) {
      const a = document.createElement("a");
      a.href = "#" + link.id;
      a.textContent = link.name;
      line.append(a, " ");
    }
    line.append(text);
    log.append(line);
    while (log.children.length > kept) log.firstChild.remove();
    log.scrollTop = log.scrollHeight;
  }

  const payload = (args, kwargs) =>
    [args, kwargs].filter((p) => p && Object.keys(p).length > 0).map((p) => JSON.stringify(p)).join(" ") || "empty";

  // A result is the value itself if there is nothing else.
  const result = (r) =>
    r instanceof autobahn.Result ? payload(r.args, r.kwargs) : payload(r === null || r === undefined ? [] : [r]);

  // An error that the API declares has a link to its declaration.
  function failed(form, e) {
    if (!(e instanceof autobahn.Error)) {
      show(form, "error", e && e.message ? e.message : String(e));
      return;
    }
    for (const article of document.querySelectorAll('article[id^="error-"]')) {
      if (article.querySelector(".uri code").textContent === e.error) {
        show(form, "error", payload(e.args, e.kwargs), { id: article.id, name: article.id.slice("error-".length) });
        return;
      }
    }
    show(form, "error", e.error + " " + payload(e.args, e.kwargs));
  }

  function read(form, name, check, what) {
    const field = form.elements[name];
    if (!field) return undefined;
    const value = JSON.parse(field.value);
    if (!check(value)) throw new Error(what);
    return value;
  }
  const args = (form) => read(form, "args", Array.isArray, "what is by position must be a JSON list, such as [1, \"tea\"]");
  const kwargs = (form) =>
    read(form, "kwargs", (v) => v && typeof v === "object" && !Array.isArray(v), "what is by name must be a JSON dict, such as {\"count\": 1}");
  const uri = (form) => (form.elements.uri ? form.elements.uri.value : form.closest("article").querySelector(".uri code").textContent);

  function call(form) {
    const cancel = form.elements.cancel;
    const options = "progress" in form.dataset ? { receive_progress: true } : {};
    const pending = session.call(uri(form), args(form), kwargs(form), options);
    cancel.disabled = false;
    cancel.onclick = () => pending.cancel({ mode: "kill" });
    const over = () => { cancel.disabled = true; };
    pending.then(
      (r) => { over(); show(form, "result", result(r)); },
      (e) => { over(); failed(form, e); },
      (p) => show(form, "progress", result(p)),
    );
  }

  function publish(form) {
    session.publish(uri(form), args(form), kwargs(form), { acknowledge: true, exclude_me: false }).then(
      () => show(form, "published", ""),
      (e) => failed(form, e),
    );
  }

  function subscribe(form) {
    const button = form.elements.subscribe;
    if (form.subscription) {
      const old = form.subscription;
      old.unsubscribe().then(() => { form.subscription = null; button.textContent = "Subscribe"; }, (e) => failed(form, e));
      return;
    }
    const options = form.dataset.match ? { match: form.dataset.match } : {};
    session.subscribe(uri(form), (a, k) => show(form, "event", payload(a, k)), options).then(
      (s) => { form.subscription = s; button.textContent = "Unsubscribe"; },
      (e) => failed(form, e),
    );
  }

  function usable(yes) {
    for (const form of forms) {
      form.elements.send.disabled = !yes;
      if (form.elements.cancel) form.elements.cancel.disabled = true;
      if (form.elements.subscribe) {
        form.elements.subscribe.disabled = !yes;
        form.elements.subscribe.textContent = "Subscribe";
        form.subscription = null;
      }
    }
    connect.querySelector("button").textContent = yes ? "Disconnect" : "Connect";
  }

  connect.elements.method.addEventListener("change", () => {
    const nobody = connect.elements.method.value === "anonymous";
    for (const name of ["authid", "secret"]) connect.elements[name].closest("label").hidden = nobody;
  });

  connect.addEventListener("submit", (e) => {
    e.preventDefault();
    if (connection) {
      if (session) connection.close();
      return;
    }
    const { url, realm, method, authid, secret } = connect.elements;
    // JSON shows what is on the wire.
    const options = {
      realm: realm.value, max_retries: 0, authmethods: [method.value],
      transports: [{ type: "websocket", url: url.value, serializers: [new autobahn.serializer.JSONSerializer()] }],
    };
    if (method.value !== "anonymous") {
      options.authid = authid.value;
      options.onchallenge = (_, kind, extra) => {
        if (kind === "ticket") return secret.value;
        const key = extra.salt ? autobahn.auth_cra.derive_key(secret.value, extra.salt, extra.iterations, extra.keylen) : secret.value;
        return autobahn.auth_cra.sign(key, extra.challenge);
      };
    }
    connection = new autobahn.Connection(options);
    status.textContent = "Connecting …";
    connection.onopen = (s) => {
      session = s;
      usable(true);
      status.textContent = `Connected to ${realm.value} as session ${s.id}.`;
    };
    connection.onclose = (reason, details) => {
      const why = (details && (details.message || details.reason)) || reason;
      status.textContent = session ? `Not connected: ${why}.` : `Cannot connect to ${url.value}: ${why}.`;
      session = connection = null;
      usable(false);
      return true; // it is for the reader to try again
    };
    try {
      connection.open();
    } catch (error) {
      connection.onclose("error", { message: error.message });
    }
  });

  for (const form of forms) {
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      try {
        ("topic" in form.dataset ? publish : call)(form);
      } catch (error) {
        failed(form, error);
      }
    });
    if (form.elements.subscribe) form.elements.subscribe.addEventListener("click", () => subscribe(form));
  }
})();
