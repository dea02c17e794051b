// What has to compile of recursive types, and what must not.
import type { Left, Node } from "./recursive.wamp";

export const tree: Node = { value: 1, next: { value: 2, children: [] }, children: [{ value: 3, children: [] }] };
export const left: Left = { right: { left: null, by_name: { a: [null, { right: null }] } } };

// @ts-expect-error: a child is a whole node
export const broken: Node = { value: 1, children: [{ value: 3 }] };
