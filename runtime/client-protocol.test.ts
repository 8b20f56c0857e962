import { describe, expect, expectTypeOf, test } from "vitest";
import { type AsapClient, createClient } from "../generated/client.js";
import type { MessageDefinition, ProtocolDefinition, SendOptions, Validator } from "../generated/contract.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import { protocol } from "../generated/protocol.js";
import { connect } from "./client.js";
import { type Received, scriptedPeer, sent, taskAnswer } from "./testing/scripted-peer.js";

interface WeatherAsk {
  place: string;
}
interface WeatherTold {
  degrees: number;
}
interface Client extends AsapClient {
  weatherAsk(payload: WeatherAsk, options?: SendOptions): Promise<WeatherTold>;
}
type Payloads = PayloadMap & { WeatherAsk: WeatherAsk; WeatherTold: WeatherTold };
type Replies = ReplyMap & { WeatherAsk: WeatherTold; WeatherTold: undefined };

function validator<T>(typeName: string, member: string, type: string): Validator<T> {
  const validate = (value: unknown): boolean => {
    const good = typeof value === "object" && value !== null && typeof (value as never)[member] === type;
    const fault = { keyword: "type", instancePath: `/${member}`, schemaPath: "", params: { type } };
    Object.assign(validate, { errors: good ? null : [fault] });
    return good;
  };
  const face = { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) };
  return Object.assign(validate, { errors: null, typeName, "~standard": face }) as unknown as Validator<T>;
}

const message = (name: string, reply: string | null, validate: Validator): MessageDefinition => ({
  name,
  method: name.charAt(0).toLowerCase() + name.slice(1),
  emit: name,
  spellings: [name],
  direction: reply === null ? "response" : "request",
  reply,
  needsAck: false,
  scope: null,
  validate,
});
const own: Record<string, MessageDefinition> = {
  weatherask: message("WeatherAsk", "WeatherTold", validator<WeatherAsk>("WeatherAsk", "place", "string")),
  weathertold: message("WeatherTold", null, validator<WeatherTold>("WeatherTold", "degrees", "number")),
};

const { $payloads: _payloads, $replies: _replies, ...base } = protocol;
const extended: ProtocolDefinition<Client, Payloads, Replies> = {
  ...base,
  envelopeVersion: "0.9",
  routes: { ...protocol.routes, rpc: { ...protocol.routes["rpc"], path: "/rpc" } as (typeof protocol.routes)[string] },
  messageOf: (spelling) => own[spelling.toLowerCase().replace(/[._-]/g, "")] ?? protocol.messageOf(spelling),
  createClient: (send) => ({
    ...createClient(send),
    weatherAsk: (payload, options) => send("WeatherAsk", payload, options) as Promise<WeatherTold>,
  }),
};

describe("connect() with a protocol of one's own", () => {
  const told = (got: Received) =>
    taskAnswer(got, { envelope: { payload_type: "weather.told", payload: { degrees: 21 } } });

  test("speaks its messages, judged and typed, on its route", async () => {
    await using agent = await scriptedPeer(told);
    await using peer = await connect(`${agent.url}/rpc/`, {
      transport: "http",
      protocol: extended,
      recipient: "urn:asap:agent:sky",
    });
    const answer = await peer.weatherAsk({ place: "Kiel" });
    expectTypeOf(answer).toEqualTypeOf<WeatherTold>();
    const sentAnswer = await peer.send("WeatherAsk", { place: "Kiel" });
    expectTypeOf(sentAnswer).toEqualTypeOf<WeatherTold>();
    expect([answer, sentAnswer]).toEqual([{ degrees: 21 }, { degrees: 21 }]);
    expect(agent.requests.map(({ path }) => path)).toEqual(["/rpc", "/rpc"]);
    expect(sent(agent.requests[0] as Received).params.envelope).toMatchObject({
      asap_version: "0.9",
      payload_type: "WeatherAsk",
      payload: { place: "Kiel" },
    });
  });

  test("refuses payloads that do not fit, on the way out and back", async () => {
    await using agent = await scriptedPeer((got) =>
      taskAnswer(got, { envelope: { payload_type: "WeatherTold", payload: { degrees: "mild" } } }),
    );
    await using peer = await connect(agent.url, {
      transport: "http",
      protocol: extended,
      recipient: "urn:asap:agent:sky",
    });
    await expect(peer.send("weather_ask", { place: 1 })).rejects.toMatchObject({
      code: "asap:protocol/invalid_payload",
      data: { payload_type: "WeatherAsk" },
    });
    await expect(peer.weatherAsk({ place: "Kiel" })).rejects.toMatchObject({
      code: "asap:transport/invalid_response",
      message: expect.stringContaining("payload.degrees"),
    });
    expect(agent.requests).toHaveLength(1);
  });
});
