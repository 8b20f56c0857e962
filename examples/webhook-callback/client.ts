import { connect } from "asap-kit";

const peer = await connect(process.argv[2] ?? "http://127.0.0.1:8000");
const config = {
  callback_url: process.argv[3] ?? "http://127.0.0.1:9000/hooks",
  callback_events: ["task.started", "task.completed", "task.failed"],
  callback_secret: process.env["WEBHOOK_SECRET"] ?? "s3cret",
};
console.log(await peer.run("echo", { message: "hello" }, { config }));
await peer.close();
