package org.ptuning4j.server.admin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.observe.AuditLog;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.PackAdministration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /admin/packs}, {@code POST /admin/packs/NAME/load} and {@code
 * /admin/packs/NAME/unload}. To a caller who does not administer, nothing is there.
 *
 * @param packs come and go
 */
public record AdminRoutes(PackAdministration packs) implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

  @Override
  public void addTo(RoutesConfig routes) {
    routes.before("/*", AdminRoutes::requireAdministrator);
    routes.get("/admin/packs", this::list);
    routes.post("/admin/packs/{name}/load", ctx -> change(ctx, "load", packs::load));
    routes.post("/admin/packs/{name}/unload", ctx -> change(ctx, "unload", packs::unload));
  }

  private static void requireAdministrator(Context ctx) {
    boolean health = RequestFacts.caller(ctx) == null;
    if (!health && !RequestFacts.caller(ctx).administers()) {
      throw ProblemDetails.of(ProblemKind.NOT_FOUND, "there is nothing at this address")
          .exception();
    }
  }

  private void list(Context ctx) {
    List<Map<String, Object>> all = packs.packs().stream().map(AdminRoutes::description).toList();
    Replies.json(ctx, Map.of("packs", all));
  }

  private static Map<String, Object> description(PackAdministration.KnownPack pack) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", pack.name());
    one.put("loaded", pack.loaded());
    return one;
  }

  private static void change(Context ctx, String action, Consumer<String> change) {
    String name = ctx.pathParam("name");
    String who = RequestFacts.caller(ctx).name();
    try {
      change.accept(name);
      AuditLog.note(who, action, name, "done");
      Replies.json(ctx, Map.of("task", name, "action", action, "outcome", "done"));
    } catch (ProblemException e) {
      AuditLog.note(who, action, name, e.problem().kind().label());
      throw e;
    } catch (InvalidInputException e) {
      // Why names folders of the server, which are for its log.
      LOG.warn("The pack of task '{}' cannot be loaded: {}", name, e.getMessage());
      AuditLog.note(who, action, name, "failed");
      throw ProblemDetails.ofValue(
              ProblemKind.CONFLICT, "name", name, "the pack cannot be loaded; the log says why")
          .exception();
    }
  }
}
