import type { StoreReader } from "../../store/index.ts";

/**
 * The bot that a question of ExplainService is about; undefined when nothing is known by that name, or it is about several.
 * @param text the value of one of the request's fields; empty: it has none.
 */
export async function explainedBot(
  store: StoreReader,
  text: (field: string) => string,
): Promise<string | undefined> {
  const bot = text("bot");
  if (bot !== "") return bot;
  const svid = (text("serial") || text("jti")).toLowerCase();
  if (svid !== "") {
    const [record] = await store.listAudit({ serial: svid, limit: 1 });
    return (await store.getIssuance(svid))?.bot ?? record?.bot ?? undefined;
  }
  const instance = text("instance");
  if (instance !== "") {
    const [record] = await store.listAudit({ instanceId: instance, limit: 1 });
    return (await store.getInstance(instance))?.bot ?? record?.bot ?? undefined;
  }
  const spiffeId = text("spiffeId");
  if (spiffeId !== "") return (await store.getBotBySpiffeId(spiffeId))?.name;
  const token = text("token");
  return token === "" ? undefined : (await store.getToken(token))?.bot;
}
