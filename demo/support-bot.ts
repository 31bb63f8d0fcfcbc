// The support bot: looks up customers in the CRM with a JWT-SVID, and tries what it may not.
import { connect, IssuerError } from "../src/index.ts";
import { answer } from "./processes.ts";

const bot = await connect();

answer({
  async lookUp({ port, audience }: { port: number; audience: string }) {
    const { token } = await bot.jwtSvid(audience);
    const response = await bot.fetch(`https://127.0.0.1:${port}/customers/7`, {
      peer: "spiffe://demo.example/bot/prod/crm",
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: await response.json() };
  },
  async tryErp({ port }: { port: number }) {
    try {
      const response = await bot.fetch(`https://127.0.0.1:${port}/invoices`, {
        method: "POST",
        body: JSON.stringify({ amount: 1 }),
        peer: "spiffe://demo.example/bot/prod/erp",
      });
      return { status: response.status };
    } catch (error) {
      return { refused: error instanceof IssuerError ? error.code : String(error) };
    }
  },
});
