import { connect } from "asap-kit";

const peer = await connect(process.argv[2] ?? "http://127.0.0.1:8000");
const transcripts: unknown[] = [];
peer.onMessage(({ payload_type, payload }) => {
  if (payload_type === "ArtifactNotify") transcripts.push(payload["artifact_id"]);
});

async function listen(about: string): Promise<void> {
  const stream = peer.stream<{ text: string }>("chat", { about });
  for await (const { progress } of stream) process.stdout.write(`${String(progress?.["word"])} `);
  const { text } = await stream.result;
  console.log(`(${text.length} characters)`);
}

await listen("rain");
await listen("sea");

let heard = 0;
for await (const _update of peer.stream("chat", { about: "the news", endless: true })) {
  heard += 1;
  if (heard === 3) break; // Leaving the loop cancels the task.
}
console.log(`enough after ${heard} words`);

console.log(`told of ${transcripts.join(" and ")}, over ${peer.connection.transport}`);
await peer.close();
