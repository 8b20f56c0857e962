type Payload = Record<string, unknown>;

/** Keeps what `oidc-provider` has to remember in one map, so that it outlives a change of its keys. */
export function memoryAdapter(records: Map<string, Payload>): new (model: string) => object {
  const findBy = (model: string, member: string, value: unknown) =>
    [...records].find(([key, payload]) => key.startsWith(`${model}:`) && payload[member] === value)?.[1];
  return class {
    readonly model: string;
    constructor(model: string) {
      this.model = model;
    }
    async upsert(id: string, payload: Payload) {
      records.set(`${this.model}:${id}`, payload);
    }
    async find(id: string) {
      return records.get(`${this.model}:${id}`);
    }
    async findByUid(uid: string) {
      return findBy(this.model, "uid", uid);
    }
    async findByUserCode(userCode: string) {
      return findBy(this.model, "userCode", userCode);
    }
    async destroy(id: string) {
      records.delete(`${this.model}:${id}`);
    }
    async consume(id: string) {
      const payload = records.get(`${this.model}:${id}`);
      if (payload !== undefined) payload["consumed"] = Math.floor(Date.now() / 1_000);
    }
    async revokeByGrantId(grantId: string) {
      for (const [key, payload] of records) if (payload["grantId"] === grantId) records.delete(key);
    }
  };
}
