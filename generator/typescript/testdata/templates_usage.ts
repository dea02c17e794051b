// URIs with parameters: what has to compile and, behind @ts-expect-error, what
// must not.
import { AuditTopicURI, DeviceStateTopicURI, RackLoadProcedureURI, SwitchProcedureURI } from "./templates.wamp";
import type { DeviceStateTopic, Procedures, RackLoadProcedure, Topics } from "./templates.wamp";

const uri: RackLoadProcedure["uri"] = RackLoadProcedureURI(1, "left");
const state: DeviceStateTopic["uri"] = DeviceStateTopicURI("d1");
const args: DeviceStateTopic["args"] = ["on"];
const fixed: keyof Procedures = "com.example.templates.ping";
const none: Record<keyof Topics, never> = {};
console.log(uri, state, args, fixed, none, AuditTopicURI("a.b"), SwitchProcedureURI(true));

// @ts-expect-error: a row is a number
RackLoadProcedureURI("1", "left");
// @ts-expect-error: there is no such side
RackLoadProcedureURI(1, "up");
// @ts-expect-error: a parameter is missing
RackLoadProcedureURI(1);
// @ts-expect-error: another URI
const wrong: RackLoadProcedure["uri"] = "com.example.templates.rack.1.left.unload";
console.log(wrong);
