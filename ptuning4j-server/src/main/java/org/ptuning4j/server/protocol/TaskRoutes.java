package org.ptuning4j.server.protocol;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.Serving;

/**
 * {@code GET /v1/tasks} and {@code GET /v1/tasks/NAME}: what each task reads and answers, and where
 * its pack comes from.
 *
 * @param serving has the tasks
 */
public record TaskRoutes(Serving serving) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v1/tasks", this::all);
    routes.get("/v1/tasks/{task}", this::one);
  }

  private void all(Context ctx) {
    List<Map<String, Object>> tasks = access(ctx).all().stream().map(TaskDescription::of).toList();
    Replies.json(ctx, Map.of("tasks", tasks));
  }

  private void one(Context ctx) {
    OfferedTask task = access(ctx).get("task", ctx.pathParam("task"));
    Map<String, Object> description = new LinkedHashMap<>(TaskDescription.of(task));
    Replies.json(ctx, description);
  }

  private TaskAccess access(Context ctx) {
    return new TaskAccess(serving, RequestFacts.caller(ctx));
  }
}
