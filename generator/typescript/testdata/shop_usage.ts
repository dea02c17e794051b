// A typed client over what is generated for the shop: what has to compile and,
// behind @ts-expect-error, what must not.
import { OrderPlaceProcedureURI, OrderUpdatedTopicURI, OutOfStockErrorURI } from "./shop.wamp";
import type { Errors, LineItem, Money, Order, OrderFilter, OrderState, Priority, Procedures, Topics } from "./shop.wamp";

// Session is what autobahn-js has of one.
declare const session: {
  call(procedure: string, args?: unknown[], kwargs?: object): Promise<unknown>;
  publish(topic: string, args?: unknown[], kwargs?: object): void;
  subscribe(topic: string, handler: (args: unknown[], kwargs: object) => void): Promise<unknown>;
};

async function call<U extends keyof Procedures>(
  uri: U,
  args: Procedures[U]["args"],
  kwargs: Procedures[U]["kwargs"],
): Promise<Procedures[U]["result"]> {
  return (await session.call(uri, args, kwargs)) as Procedures[U]["result"];
}

function publish<U extends keyof Topics>(uri: U, args: Topics[U]["args"], kwargs: Topics[U]["kwargs"]): void {
  session.publish(uri, args, kwargs);
}

function subscribe<U extends keyof Topics>(
  uri: U,
  handler: (args: Topics[U]["args"], kwargs: Topics[U]["kwargs"]) => void,
): Promise<unknown> {
  return session.subscribe(uri, (args, kwargs) => handler(args as Topics[U]["args"], kwargs as Topics[U]["kwargs"]));
}

function is<U extends keyof Errors>(error: { error: string }, uri: U): error is { error: U } & Omit<Errors[U], "uri"> {
  return error.error === uri;
}

const price: Money = { amount: "12.50" };
const item: LineItem = { sku: "tea", quantity: 2, unit_price: price };

export async function use(failed: { error: string }): Promise<void> {
  const order = await call(OrderPlaceProcedureURI, ["Ann", [item]], { priority: 9 });
  const same: Order = order;
  const state: OrderState = order.state === "paid" ? "a state of tomorrow" : "pending";
  const label: Uint8Array | undefined = order.label;
  const { args, kwargs } = await call("com.acme.shop.order.list", [], { state, limit: 10 });
  const total: number = kwargs.total + args[0].length;
  await call("com.acme.shop.order.cancel", [order.id], {});
  await call("com.acme.shop.order.cancel", [order.id, "too late"], {});
  const nothing: void = await call("com.acme.shop.ping", [], {});
  publish(OrderUpdatedTopicURI, [order], { reason: "paid" });
  await subscribe("com.acme.shop.price.changed", ([sku, { amount }]) => console.log(sku.length, amount.length));
  if (is(failed, OutOfStockErrorURI)) {
    const [message] = failed.args;
    console.log(message, failed.kwargs.available + 1);
  }
  console.log(label, total, nothing, same);

  // @ts-expect-error: there is no such procedure
  await call("com.acme.shop.order.plaice", [], {});
  // @ts-expect-error: the items are missing
  await call(OrderPlaceProcedureURI, ["Ann"], {});
  // @ts-expect-error: no such priority
  await call(OrderPlaceProcedureURI, ["Ann", [item]], { priority: 2 });
  // @ts-expect-error: no such keyword
  await call(OrderPlaceProcedureURI, ["Ann", [item]], { cupon: "x" });
  // @ts-expect-error: a ping takes no keywords
  await call("com.acme.shop.ping", [], { loud: true });
  // @ts-expect-error: a topic is not called
  await call(OrderUpdatedTopicURI, [order], {});
  // @ts-expect-error: the price is missing
  publish("com.acme.shop.price.changed", ["tea"], {});
  // @ts-expect-error: a time that is not known yet is null
  order.shipped_at.length;
  // @ts-expect-error: a decimal is a string
  const wrong: Money = { amount: 12.5 };
  // @ts-expect-error: attributes are of any type until they are looked at
  order.attributes["color"].length;
  // @ts-expect-error: the enum is closed
  const priority: Priority = 2;
  // @ts-expect-error: a filter is no list
  const filter: OrderFilter = [];
  console.log(wrong, priority, filter);
}
