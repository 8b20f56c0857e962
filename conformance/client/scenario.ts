import type { Level, Verdict } from "../case.js";
import type { Profile } from "../profiles.js";
import type { FrameSpec, WireFrame } from "../socket-frames.js";
import type { Answer, Received, Session } from "./session.js";

/** One rule for clients and how to judge it by what was recorded of a scenario. */
export interface ClientCase {
  /** Last part of the id `client.<scenario>.<aspect>`; never used again for something else. */
  readonly aspect: string;
  /** The claim that holds when the case passes. */
  readonly title: string;
  readonly level: Level;
  /** Ids from spec/requirements.json. */
  readonly requirements: readonly string[];
  readonly tags?: readonly string[];
  /** Pure: the same session gives the same verdict. `at` of a finding is the position of a request; posts follow those. */
  readonly judge: (session: Session) => Verdict;
}

/** The peer as a scenario's script sees it. */
export interface Stage {
  /** Absolute URL of the peer, without a slash at the end. */
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: readonly Received[];
  /** Aborts when the client has ended or its time is over. */
  readonly signal: AbortSignal;
  /** Variables set for the client beside those of every scenario; a token in them is what the client was given. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the next request, frame or end of a connection has come. */
  next(): Promise<void>;
  /** Posts to a URL, as a webhook is posted, and records it; gives the status, null where no answer came. */
  post(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<number | null>;
}

/** The peer's end of a WebSocket. */
export interface PeerSocket {
  /** How many WebSockets were opened before it. */
  readonly number: number;
  /** The request that opened it. */
  readonly request: Received;
  /** Every frame so far, both ways. `received` is what the client sent. */
  readonly frames: readonly WireFrame[];
  /** Writes a frame, without a mask unless it says otherwise. */
  send(frame: FrameSpec): void;
  /** Writes a value as JSON in a text frame. */
  sendJson(value: unknown): void;
  /** Starts the closing handshake. */
  close(code: number, reason?: string): void;
  /** Ends the TCP connection without a word. */
  destroy(): void;
  /** Does something after so many milliseconds, unless the client has ended before. */
  later(ms: number, work: () => void): void;
}

/** What the peer does in a scenario. What is left out is done as an agent does it that conforms. */
export interface Script {
  /** Path at which WebSockets are opened; `/asap/ws` unless set. */
  readonly socketPath?: string;
  /** Answers a request; undefined for the answer that an agent which conforms would give. */
  answer?(request: Received, stage: Stage): Answer | undefined | Promise<Answer | undefined>;
  /** Answers an upgrade in place of 101; undefined opens the WebSocket. */
  upgrade?(request: Received, stage: Stage): Answer | undefined;
  /** Called when a WebSocket is open. */
  opened?(socket: PeerSocket, stage: Stage): void;
  /** Called with each text message, as JSON; true when it was dealt with, otherwise the peer deals with it. */
  message?(document: unknown, socket: PeerSocket, stage: Stage): boolean;
  /** Runs beside the client from its start; ended by the stage's signal. */
  meanwhile?(stage: Stage): Promise<void>;
}

/** A task for the client, what the peer does meanwhile and what is looked at. */
export interface Scenario {
  /** Value of ASAP_CONFORMANCE_SCENARIO; lower-case words with hyphens. */
  readonly name: string;
  readonly title: string;
  /** What the client must do, in the words of the published list. */
  readonly summary: string;
  readonly profile: Profile;
  /** Ids from spec/requirements.json that a client breaks which cannot do it. */
  readonly requirements: readonly string[];
  /** Level of the case that it is done; MUST unless set. */
  readonly level?: Level;
  /**
   * Variables for the client beside those of every scenario, and what each of them holds, in words. Those whose name has
   * TOKEN or SECRET in it are kept out of reports.
   */
  readonly env?: Readonly<Record<`ASAP_CONFORMANCE_${string}`, Variable>>;
  /** Milliseconds that the scenario takes by itself, added to the time that a client has; 0 unless set. */
  readonly takesMs?: number;
  /** What the client must have done at the least, so that anything passes; by the profile unless set. */
  readonly least?: Least;
  /** A script for one run. */
  readonly behave?: () => Script;
  readonly cases: readonly ClientCase[];
}

/** What a client must have done at the least in a scenario. */
export interface Least {
  /** It in words. */
  readonly expected: string;
  readonly isDone: (session: Session) => boolean;
}

/** A variable for the client. */
export interface Variable {
  /** What it holds, in words. */
  readonly summary: string;
  /** Its value in one run. */
  readonly value: (url: string) => string;
}

/** Exit code of a client that does not do what a scenario asks for. */
export const declined = 77;
