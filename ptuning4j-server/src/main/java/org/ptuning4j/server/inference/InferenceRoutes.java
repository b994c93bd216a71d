package org.ptuning4j.server.inference;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.ptuning4j.Version;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.http.BodyReader;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.protocol.TaskAccess;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.Serving;

/**
 * The protocol over HTTP, {@code /v2}. Its errors are objects with the one field {@code error}.
 *
 * @param serving answers
 * @param limits as they are at present
 * @param ready whether requests are answered now
 */
public record InferenceRoutes(Serving serving, Supplier<Limits> limits, BooleanSupplier ready)
    implements Routes {

  private static final String NAME = "ptuning4j";
  private static final String VERSION = "1";

  @Override
  public void addTo(RoutesConfig routes) {
    routes.get("/v2/health/live", ctx -> Replies.json(ctx, Map.of("live", true)));
    routes.get("/v2/health/ready", ctx -> readiness(ctx, "ready", ready.getAsBoolean()));
    routes.get("/v2", InferenceRoutes::server);
    routes.get("/v2/models/{model}", failing(this::model));
    routes.get("/v2/models/{model}/ready", this::modelReady);
    routes.post("/v2/models/{model}/infer", failing(this::infer));
    routes.get("/v2/models/{model}/versions/1", failing(this::model));
    routes.get("/v2/models/{model}/versions/1/ready", this::modelReady);
    routes.post("/v2/models/{model}/versions/1/infer", failing(this::infer));
  }

  private static void readiness(Context ctx, String field, boolean ready) {
    ctx.status(ready ? 200 : 503);
    Replies.json(ctx, Map.of(field, ready));
  }

  private static void server(Context ctx) {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("name", NAME);
    server.put("version", Version.current());
    server.put("extensions", List.of());
    Replies.json(ctx, server);
  }

  private void model(Context ctx) {
    OfferedTask task = access(ctx).get("model", ctx.pathParam("model"));
    ModelTensors tensors = new ModelTensors(task);
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("name", task.name());
    model.put("versions", List.of(VERSION));
    model.put("platform", NAME);
    model.put("inputs", declared(tensors.inputs()));
    model.put("outputs", declared(tensors.outputs()));
    Replies.json(ctx, model);
  }

  private static List<Map<String, Object>> declared(List<ModelTensors.Declared> tensors) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (ModelTensors.Declared tensor : tensors) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", tensor.name());
      one.put("datatype", tensor.type().name());
      one.put("shape", List.of(-1));
      all.add(one);
    }
    return all;
  }

  private void modelReady(Context ctx) {
    String name = ctx.pathParam("model");
    TaskAccess access = access(ctx);
    boolean there = access.has(name);
    boolean ready = access.isReady(name);
    ctx.status(ready ? 200 : there ? 503 : 404);
    Replies.json(ctx, Map.of("name", name, "ready", ready));
  }

  private void infer(Context ctx) {
    Limits now = limits.get();
    InferRequest request = InferRequest.read(new BodyReader(limits).object(ctx), now);
    String model = ctx.pathParam("model");
    List<NamedTensor> outputs =
        new Inference(access(ctx), now)
            .infer(
                model,
                request.inputs(),
                request.wanted(),
                Instant.now().plus(now.seconds(Limit.REQUEST_SECONDS)));
    RequestFacts.noteQuestions(ctx, outputs.isEmpty() ? 0 : outputs.get(0).values().size());
    Map<String, Object> reply = new LinkedHashMap<>();
    reply.put("model_name", model);
    reply.put("model_version", VERSION);
    request.id().ifPresent(id -> reply.put("id", id));
    reply.put("outputs", outputs.stream().map(InferenceRoutes::tensor).toList());
    Replies.json(ctx, reply);
  }

  private static Map<String, Object> tensor(NamedTensor tensor) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", tensor.name());
    one.put("datatype", tensor.type().name());
    one.put("shape", List.of(tensor.values().size()));
    one.put("data", tensor.values());
    return one;
  }

  private TaskAccess access(Context ctx) {
    return new TaskAccess(serving, RequestFacts.caller(ctx));
  }

  /** The protocol's own form of errors. */
  private static Handler failing(Handler handler) {
    return ctx -> {
      try {
        handler.handle(ctx);
      } catch (ProblemException e) {
        Replies.problem(ctx, e.problem());
        Replies.json(ctx, Map.of("error", sentence(e.problem())));
      }
    };
  }

  private static String sentence(ProblemDetails problem) {
    String field = problem.field().map(name -> name + ": ").orElse("");
    String value = problem.value().map(found -> found + "; ").orElse("");
    return problem.kind() == ProblemKind.INTERNAL
        ? problem.detail()
        : field + value + problem.detail();
  }
}
