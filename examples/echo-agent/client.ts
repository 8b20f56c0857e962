import { connect } from "asap-kit";

const peer = await connect(process.argv[2] ?? "http://127.0.0.1:8000");
const answer = await peer.run("echo", { message: "hello" });
console.log(answer);
await peer.close();
