import fastify from "fastify";
import { authority, leaf } from "../unit/admission/reviews.ts";

// What the webhook is measured by: fastify alone, over the same TLS, that parses the body and sends it back.

const app = fastify({ https: { cert: leaf.cert, key: leaf.key } });
app.post("/*", async (request) => request.body);
await app.listen({ host: "127.0.0.1", port: 0 });
const address = app.server.address();
process.send?.({ webhooks: typeof address === "object" && address !== null ? address.port : 0, ca: authority.cert });
process.on("disconnect", () => process.exit(0));
