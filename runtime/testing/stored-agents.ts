import { setTimeout as wait } from "node:timers/promises";
import type { TaskStatus } from "../../generated/models.js";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import type { Call } from "../call.js";
import { AsapError } from "../error.js";
import { skill } from "../skill.js";
import type { StateStore } from "../state/state-store.js";

/** Lease of the tasks of {@link agentOn}, in milliseconds. */
export const leaseMs = 600;

/** Work that a test ends by hand. */
export class Gate {
  readonly calls: Call[] = [];
  readonly #waiting: ((value: unknown) => void)[] = [];
  #begun: () => void = () => {};

  run(call: Call): Promise<Readonly<Record<string, unknown>>> {
    this.calls.push(call);
    this.#begun();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve as (value: unknown) => void);
      call.signal.addEventListener("abort", () => reject(call.signal.reason));
    });
  }

  /** Resolves once that many runs have begun. */
  async begun(count: number): Promise<void> {
    while (this.calls.length < count) {
      await new Promise<void>((resolve) => {
        this.#begun = resolve;
      });
    }
  }

  end(output: object): void {
    for (const resolve of this.#waiting.splice(0)) resolve(output);
  }
}

const agents: Agent[] = [];

/** Closes every agent that {@link agentOn} made. */
export const closeAgents = () => Promise.all(agents.splice(0).map((agent) => agent.close(0)));

/** An agent on a store whose skills `gated` and `steps` (which resumes) wait at a gate. */
export function agentOn(state: StateStore, gate: Gate, more: Partial<AgentOptions> = {}): Agent {
  const agent = createAgent({
    id: "urn:asap:agent:server",
    state,
    limits: { taskLeaseMs: leaseMs },
    skills: {
      echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
      fails: skill({ description: "Fails", run: () => Promise.reject(new Error("canary")) }),
      gated: skill({ description: "Gated", run: (_input, call) => gate.run(call) }),
      steps: skill({ description: "Steps", resumes: true, run: (_input, call) => gate.run(call) }),
    },
    ...more,
  });
  agents.push(agent);
  return agent;
}

/** An agent that stopped without a word: it renews nothing and ends nothing. */
export function silenced(state: StateStore): { readonly state: StateStore; silence(): void } {
  let isSilent = false;
  const never = () => new Promise<never>(() => {});
  const tasks = new Proxy(state.tasks, {
    get:
      (target, name: keyof StateStore["tasks"]) =>
      (...given: never[]) =>
        isSilent ? never() : (target[name] as (...all: never[]) => unknown)(...given),
  });
  return {
    state: { ...state, tasks },
    silence() {
      isSilent = true;
    },
  };
}

/** What a test does with calls of a store: lets them pass, refuses them, loses what they give. */
export type Interposed<Store> = {
  readonly [Name in keyof Store]?: (pass: () => Promise<never>) => Promise<unknown>;
};

/** A store of which a test handles some calls. */
export function interposed<Store extends object>(store: Store, handlers: Interposed<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      const handle = handlers[name as keyof Store];
      return (...given: unknown[]) => {
        const pass = () => method.apply(target, given);
        return handle === undefined ? pass() : handle(pass);
      };
    },
  });
}

/** The error of a store that is not reached. */
export const gone = () =>
  new AsapError("asap:state/unavailable", { data: { backend: "a test", reason: "it is not reached" } });

/** What a look gives once it gives something. */
export async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(10);
  }
  throw new Error("it did not come about");
}

/** A task once it has a status. */
export const statusIn = (state: StateStore, id: string, status: TaskStatus) =>
  until(async () => {
    const record = await state.tasks.get(id);
    return record?.task.status === status ? record : undefined;
  });
