import type { Static, TSchema } from "@sinclair/typebox";
import type { Call } from "./call.js";
import { invalidOption } from "./invalid-option.js";
import { type CompiledSchema, compileSchema } from "./skill-schema.js";
import type { TaskProgress } from "./updates.js";

/** A JSON Schema as plain data, for users who write schemas by hand or load them. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Type of the values a schema describes: exact for TypeBox schemas, any object for plain JSON Schema. */
export type SchemaValue<S> = S extends TSchema ? Static<S> : Readonly<Record<string, unknown>>;

/** What a skill is made of. */
export interface SkillOptions<I extends TSchema | JsonSchema, O extends TSchema | JsonSchema> {
  /** What the skill does, for the manifest. */
  readonly description: string;
  /** JSON Schema (or TypeBox schema) of the input; any JSON object by default. Checked before `run`. */
  readonly input?: I;
  /** JSON Schema (or TypeBox schema) of the output; any JSON object by default. Checked after `run`. */
  readonly output?: O;
  /** Longest run in milliseconds; the agent's `taskTimeoutMs` by default. */
  readonly timeoutMs?: number;
  /**
   * Whether a task that was cut off, by a crash or a restart, is run again by whichever instance of the agent finds it,
   * with the same input and the data of its latest `call.checkpoint`. Otherwise it fails. Takes an agent with `state`.
   * Default: false.
   */
  readonly resumes?: boolean;
  /**
   * Whether `run` is a pure function: it gives its output at once, no promise and no generator, and changes nothing. Where
   * an agent has `state` its tasks are stored once, with their answer, in place of before and after; what is not stored
   * is run again for whoever asks again. Default: false.
   */
  readonly pure?: boolean;
  /**
   * Does the work. May return the output or a promise of it, or be an async generator: what it yields is told to
   * callers who listen, as progress of the task (partial results may travel in members of their own), and what it
   * returns is the output. What it throws is told to the caller as a failure without its cause.
   */
  run(
    input: SchemaValue<I>,
    call: Call,
  ): SchemaValue<O> | Promise<SchemaValue<O>> | AsyncGenerator<TaskProgress, SchemaValue<O>, void>;
}

/** Something an agent can do on request, made by {@link skill}. */
export interface Skill {
  readonly description: string;
  readonly input: JsonSchema | undefined;
  readonly output: JsonSchema | undefined;
  readonly timeoutMs: number | undefined;
  readonly resumes: boolean;
  readonly pure: boolean;
  run(input: never, call: Call): unknown;
}

/**
 * Describes a skill: what it takes, what it gives, and how it is done.
 *
 * @throws AsapError `asap:config/invalid_option` when `timeoutMs` is not a positive number, or when `pure` is given for an
 * async function or a generator.
 */
export function skill<
  const I extends TSchema | JsonSchema = JsonSchema,
  const O extends TSchema | JsonSchema = JsonSchema,
>(options: SkillOptions<I, O>): Skill {
  const { timeoutMs, pure = false } = options;
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw invalidOption("timeoutMs", "must be a number of milliseconds above 0");
  }
  if (pure && Object.prototype.toString.call(options.run) !== "[object Function]") {
    throw invalidOption("pure", "takes a `run` that is neither async nor a generator");
  }
  return {
    description: options.description,
    input: options.input,
    output: options.output,
    timeoutMs,
    resumes: options.resumes ?? false,
    pure,
    run: options.run as Skill["run"],
  };
}

/** A skill with its schemas compiled. */
export interface PreparedSkill {
  readonly id: string;
  readonly skill: Skill;
  readonly input: CompiledSchema | undefined;
  readonly output: CompiledSchema | undefined;
}

/**
 * Compiles the schemas of skills.
 *
 * @throws AsapError `asap:config/invalid_option` naming the skill whose schema cannot be compiled.
 */
export async function prepareSkills(skills: Readonly<Record<string, Skill>>): Promise<Map<string, PreparedSkill>> {
  const prepared = new Map<string, PreparedSkill>();
  for (const [id, each] of Object.entries(skills)) {
    const compile = (schema: JsonSchema | undefined, option: string) =>
      schema === undefined ? undefined : compileSchema(schema, `skills.${id}.${option}`);
    prepared.set(id, {
      id,
      skill: each,
      input: await compile(each.input, "input"),
      output: await compile(each.output, "output"),
    });
  }
  return prepared;
}
