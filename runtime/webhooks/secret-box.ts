import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";

/** Keeps secrets in a form that says nothing without the key. */
export interface SecretBox {
  /**
   * The text as it is stored.
   *
   * @param subscriptionId The one subscription that it can be opened for.
   */
  seal(text: string, subscriptionId: string): string;
  /**
   * The text that was sealed; text that was stored while there was no key is given as it is.
   *
   * @param subscriptionId The one it was sealed for.
   * @throws AsapError `asap:webhook/secret_unreadable` where none of the keys fits, or it is that of another subscription.
   */
  open(stored: string, subscriptionId: string): string;
}

const prefix = "sealed:v1:";
const plainPrefix = "plain:";

interface Key {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Seals with AES-256-GCM.
 *
 * @param keys Keys of 32 bytes, as base64 or hexadecimal text. The first seals; all open, so that keys can be replaced.
 * None: what is stored is stored as it is.
 * @throws AsapError `asap:config/invalid_option` for a key of another length.
 * @see NIST SP 800-38D
 */
export function secretBox(keys: readonly string[] = []): SecretBox {
  const known = keys.map(keyOf);
  const [first] = known;
  return {
    seal(text, subscriptionId) {
      if (first === undefined) return plainPrefix + text;
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", first.bytes, nonce).setAAD(boundTo(first.name, subscriptionId));
      const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${prefix}${first.name}:${sealed.toString("base64url")}`;
    },
    open(stored, subscriptionId) {
      if (stored.startsWith(plainPrefix)) return stored.slice(plainPrefix.length);
      const unreadable = (cause?: unknown) =>
        new AsapError("asap:webhook/secret_unreadable", { data: { subscription_id: subscriptionId }, cause });
      if (!stored.startsWith(prefix)) throw unreadable();
      const [name = "", text = ""] = stored.slice(prefix.length).split(":");
      const key = known.find((each) => each.name === name);
      if (key === undefined) throw unreadable();
      try {
        const sealed = Buffer.from(text, "base64url");
        const decipher = createDecipheriv("aes-256-gcm", key.bytes, sealed.subarray(0, 12), { authTagLength: 16 })
          .setAAD(boundTo(name, subscriptionId))
          .setAuthTag(sealed.subarray(-16));
        return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw unreadable(cause);
      }
    },
  };
}

const boundTo = (keyName: string, subscriptionId: string): Buffer =>
  Buffer.from(`${prefix}${keyName}:${subscriptionId}`);

function keyOf(text: string): Key {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  if (bytes.length !== 32) throw invalidOption("webhooks.encryptionKeys", "holds what is no key of 32 bytes");
  return { name: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
}
