/** Does what a scenario asks for with the agent at a URL; throws when it cannot. */
export type Act = (url: string) => Promise<void>;

/** Scenarios by name. */
export type Acts = Readonly<Record<string, Act>>;
