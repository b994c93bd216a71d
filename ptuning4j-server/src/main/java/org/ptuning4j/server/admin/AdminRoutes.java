package org.ptuning4j.server.admin;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.http.BodyReader;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.log.AuditLog;
import org.ptuning4j.server.log.LogLine;
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
 * @param limits as they are at present
 */
public record AdminRoutes(PackAdministration packs, Supplier<Limits> limits) implements Routes {

  private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);

  @Override
  public void addTo(RoutesConfig routes) {
    routes.before("/*", AdminRoutes::requireAdministrator);
    routes.get("/admin/packs", this::list);
    routes.post("/admin/packs/{name}/load", ctx -> change(ctx, "load", done(packs::load)));
    routes.post("/admin/packs/{name}/unload", ctx -> change(ctx, "unload", done(packs::unload)));
    routes.post("/admin/packs/{name}/publish", this::publish);
    routes.post("/admin/packs/{name}/promote", this::promote);
    routes.post("/admin/packs/{name}/rollback", this::rollback);
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
    pack.version()
        .ifPresent(
            version -> {
              one.put("version", version.version());
              one.put("published", version.published());
            });
    return one;
  }

  private void publish(Context ctx) {
    new Fields("", new LinkedHashMap<>(ctx.queryParamMap())).requireOnly(List.of("alias", "note"));
    Optional<String> alias = Optional.ofNullable(ctx.queryParam("alias"));
    String note = Optional.ofNullable(ctx.queryParam("note")).orElse("");
    change(
        ctx,
        "publish",
        name -> {
          try (UploadFolder folder = UploadFolder.create()) {
            new PackUpload(limits.get()).unpack(ctx, folder.path());
            return Map.of("version", packs.publish(name, folder.path(), note, alias));
          }
        });
  }

  private void promote(Context ctx) {
    Fields body = fields(ctx, List.of("version", "alias"));
    int version = body.integer("version");
    String alias = body.string("alias");
    change(
        ctx, "promote " + version + " " + alias, done(name -> packs.promote(name, version, alias)));
  }

  private void rollback(Context ctx) {
    String alias = fields(ctx, List.of("alias")).string("alias");
    change(ctx, "rollback " + alias, name -> Map.of("version", packs.rollback(name, alias)));
  }

  private Fields fields(Context ctx, List<String> names) {
    Fields fields = new Fields("", new BodyReader(limits).object(ctx));
    fields.requireOnly(names);
    names.forEach(fields::value);
    return fields;
  }

  /** A change of which nothing more is to be said. */
  private static Function<String, Map<String, Object>> done(Consumer<String> change) {
    return name -> {
      change.accept(name);
      return Map.of();
    };
  }

  /** Makes a change to a pack, by its name; what is said of it is in the reply. */
  private static void change(
      Context ctx, String action, Function<String, Map<String, Object>> change) {
    String name = ctx.pathParam("name");
    String who = RequestFacts.caller(ctx).name();
    try {
      Map<String, Object> reply = new LinkedHashMap<>();
      reply.put("name", name);
      reply.put("action", action);
      reply.put("outcome", "done");
      reply.putAll(change.apply(name));
      AuditLog.note(who, LogLine.shortened(action), name, "done");
      Replies.json(ctx, reply);
    } catch (ProblemException e) {
      AuditLog.note(who, LogLine.shortened(action), name, e.problem().kind().label());
      throw e;
    } catch (InvalidInputException e) {
      LOG.warn("Administration of pack '{}' failed: {}", name, e.getMessage());
      AuditLog.note(who, LogLine.shortened(action), name, "failed");
      // Who administers may know where the server's files are.
      throw ProblemDetails.ofValue(ProblemKind.CONFLICT, "name", name, e.getMessage()).exception();
    }
  }
}
