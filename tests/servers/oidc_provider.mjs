// The certified oidc-provider of npm, with its own sign-in pages: whatever name is typed is believed.
// node oidc_provider.mjs FOLDER_OF_NODE_MODULES PORT REDIRECT_URI AFTER_SIGN_OUT
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, redirectUri, afterwards] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found).href);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: "tracker",
    client_secret: "a secret of made-up people",
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [afterwards],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_post",
  }],
  pkce: { required: () => true },
  cookies: { keys: ["for this run"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  findAccount: async (_context, id) => ({
    accountId: id,
    claims: async () => ({
      sub: id, email: `${id}@example.org`, email_verified: true, name: id, groups: id.startsWith("lead") ? ["leads"] : ["all"],
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
