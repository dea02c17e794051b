//! A foreign client in Rust that does what it is told: a command is one JSON line
//! on the standard input, an answer or an event one on the output. peer_test.go
//! has the commands.
use serde_json::{json, Map, Value};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, BufReader};
use wamp_async::{Client, ClientConfig, SerializerType, WampError};

type Payload = (Option<Vec<Value>>, Option<Map<String, Value>>);

/// The one session, if there is one.
static SESSION: Mutex<Option<Arc<Client<'static>>>> = Mutex::new(None);

fn say(line: Value) {
    println!("{line}");
}

fn session() -> Result<Arc<Client<'static>>, WampError> {
    SESSION.lock().unwrap().clone().ok_or_else(|| "no session".to_string().into())
}

/// Integers beyond 2^53 have a mark.
fn unpack(v: &Value) -> Value {
    match v {
        Value::Array(all) => all.iter().map(unpack).collect(),
        Value::Object(all) => match all.get("$int").and_then(Value::as_str) {
            Some(text) => json!(text.parse::<i64>().unwrap()),
            None => Value::Object(all.iter().map(|(k, v)| (k.clone(), unpack(v))).collect()),
        },
        _ => v.clone(),
    }
}

fn payload(m: &Value) -> Payload {
    let args = unpack(&m["args"]).as_array().cloned().filter(|a| !a.is_empty());
    let kwargs = unpack(&m["kwargs"]).as_object().cloned().filter(|k| !k.is_empty());
    // Keywords need a list before them.
    (args.or_else(|| kwargs.as_ref().map(|_| vec![])), kwargs)
}

fn shown((args, kwargs): Payload) -> Value {
    json!({"args": args.unwrap_or_default(), "kwargs": kwargs.unwrap_or_default()})
}

async fn join(m: &Value) -> Result<(), WampError> {
    let kind = if m["serializer"] == "json" { SerializerType::Json } else { SerializerType::MsgPack };
    let config = ClientConfig::default().set_serializers(vec![kind]);
    let (mut client, (events, calls)) = Client::connect(m["url"].as_str().unwrap(), Some(config)).await?;
    tokio::spawn(events);
    let mut calls = calls.unwrap();
    tokio::spawn(async move {
        while let Some(call) = calls.recv().await {
            tokio::spawn(call);
        }
    });
    client.join_realm(m["realm"].as_str().unwrap()).await?;
    *SESSION.lock().unwrap() = Some(Arc::new(client));
    Ok(())
}

async fn register(m: Value) -> Result<(), WampError> {
    let uri = m["uri"].as_str().unwrap().to_string();
    session()?
        .register(uri, move |args, kwargs| {
            let m = m.clone();
            async move {
                match m["as"].as_str().unwrap() {
                    "echo" => Ok((args, kwargs)),
                    "answer" => Ok(payload(&m)),
                    _ => Err(m["error"].as_str().unwrap().to_string().into()),
                }
            }
        })
        .await?;
    Ok(())
}

async fn subscribe(m: &Value) -> Result<(), WampError> {
    let uri = m["uri"].as_str().unwrap().to_string();
    let (_, mut events) = session()?.subscribe(&uri).await?;
    tokio::spawn(async move {
        while let Some((_, args, kwargs)) = events.recv().await {
            let mut line = shown((args, kwargs));
            line["event"] = json!(uri);
            say(line);
        }
    });
    Ok(())
}

async fn command(m: Value) -> Result<Value, WampError> {
    match m["do"].as_str().unwrap() {
        "join" => join(&m).await?,
        "register" => register(m).await?,
        "subscribe" => subscribe(&m).await?,
        "call" => {
            let (args, kwargs) = payload(&m);
            return Ok(shown(session()?.call(m["uri"].as_str().unwrap(), args, kwargs).await?));
        }
        "publish" => {
            let (args, kwargs) = payload(&m);
            session()?.publish(m["uri"].as_str().unwrap(), args, kwargs, true).await?;
        }
        "leave" => {
            let taken = SESSION.lock().unwrap().take();
            if let Some(client) = taken.and_then(Arc::into_inner) {
                client.disconnect().await;
            }
        }
        other => return Err(format!("no command {other}").into()),
    }
    Ok(Value::Null)
}

#[tokio::main]
async fn main() {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let m: Value = serde_json::from_str(&line).unwrap();
        let (n, calls) = (m["n"].clone(), m["do"] == "call");
        let run = async move {
            say(match command(m).await {
                Ok(v) => json!({"n": n, "ok": v}),
                Err(WampError::ServerError(uri, _)) => json!({"n": n, "error": {"uri": uri}}),
                Err(e) => json!({"n": n, "error": {"uri": e.to_string()}}),
            });
        };
        // What is not a call is done in the order of the commands.
        if calls {
            tokio::spawn(run);
        } else {
            run.await;
        }
    }
}
