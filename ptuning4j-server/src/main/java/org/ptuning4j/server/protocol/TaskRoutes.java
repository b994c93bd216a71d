package org.ptuning4j.server.protocol;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.problem.ProblemException;
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
    TaskAccess access = access(ctx);
    List<Map<String, Object>> tasks = new ArrayList<>();
    for (String name : access.names()) {
      tasks.add(description(access, name));
    }
    Replies.json(ctx, Map.of("tasks", tasks));
  }

  private void one(Context ctx) {
    OfferedTask task = access(ctx).get("task", ctx.pathParam("task"));
    Replies.json(ctx, TaskDescription.of(task));
  }

  /** A task whose pack cannot be loaded at present is there with its name and the problem. */
  private static Map<String, Object> description(TaskAccess access, String name) {
    try {
      return TaskDescription.of(access.get("task", name));
    } catch (ProblemException e) {
      Map<String, Object> broken = new LinkedHashMap<>();
      broken.put("name", name);
      broken.put("error", e.problem().json());
      return broken;
    }
  }

  private TaskAccess access(Context ctx) {
    return new TaskAccess(serving, RequestFacts.caller(ctx));
  }
}
