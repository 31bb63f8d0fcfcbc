// The finance-close bot: signs its reports. With the state directory of another it is a thief of that.
import { connect, IssuerError } from "../src/index.ts";
import { answer } from "./processes.ts";

let ended = "";
let bot: Awaited<ReturnType<typeof connect>> | undefined;
try {
  // Its SVIDs live for two minutes; this makes the bot replace them every two or three seconds.
  bot = await connect({ rotateAt: 0.02 });
  for (const event of ["suspended", "locked"] as const) {
    bot.on(event, ({ reason }) => {
      ended = `${event}: ${reason}`;
    });
  }
} catch (error) {
  ended = error instanceof IssuerError ? error.code : String(error);
}

answer({
  sign: async ({ text }: { text: string }) => ({ statement: await bot?.sign(Buffer.from(text)) }),
  serial: () => ({ serial: bot?.x509Svid().serialHex }),
  ended: () => ({ ended }),
});
