package org.ptuning4j.server.protocol;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.http.BodyReader;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.server.serving.Serving;

/**
 * {@code POST /v1/predict} (one task or several about the same inputs) and {@code POST /v1/batch}
 * (each input with a task of its own).
 *
 * @param serving answers
 * @param limits as they are at present
 */
public record PredictRoutes(Serving serving, Supplier<Limits> limits) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/predict", this::predict);
    routes.post("/v1/batch", this::batch);
  }

  private void predict(Context ctx) {
    long start = System.nanoTime();
    Limits now = limits.get();
    Map<String, Object> body = new BodyReader(limits).object(ctx);
    Instant deadline = Instant.now().plus(Envelope.timeout(body, now));
    Envelope asked = Envelope.read(body, now);
    List<Entry> entries = entries(asked, access(ctx), now);
    RequestFacts.noteQuestions(ctx, entries.size());
    List<Result> results = Entry.answers(entries, serving, deadline);
    if (asked.single()) {
      Map<String, Object> reply =
          ResultJson.entry(asked.tasks().get(0), ResultJson.orThrow(results.get(0)));
      reply.put("milliseconds", ResultJson.millisSince(start));
      Replies.json(ctx, reply);
    } else {
      replyAll(ctx, entries, results, start);
    }
  }

  private TaskAccess access(Context ctx) {
    return new TaskAccess(serving, RequestFacts.caller(ctx));
  }

  /** Every task about the first input, then every task about the second, and so on. */
  private static List<Entry> entries(Envelope asked, TaskAccess access, Limits limits) {
    List<String> tasks = asked.tasks().isEmpty() ? every(access) : asked.tasks();
    for (int i = 0; i < tasks.size(); i++) {
      access.require(asked.single() ? "task" : "tasks[" + i + "]", tasks.get(i));
    }
    requireFew("tasks times inputs", (long) tasks.size() * asked.inputs().size(), limits);
    List<Entry> entries = new ArrayList<>();
    for (Envelope.Given input : asked.inputs()) {
      Optional<ProblemDetails> problem = problem(input, tasks, access);
      for (String task : tasks) {
        entries.add(
            problem
                .map(found -> Entry.failed(task, found))
                .orElseGet(() -> Entry.sound(new Question(task, input.values()))));
      }
    }
    return entries;
  }

  private static List<String> every(TaskAccess access) {
    List<String> names = access.names();
    if (names.isEmpty()) {
      throw ProblemDetails.ofField(
              ProblemKind.UNKNOWN_TASK, "tasks", "no task is served that this key may ask")
          .exception();
    }
    return names;
  }

  private static Optional<ProblemDetails> problem(
      Envelope.Given input, List<String> tasks, TaskAccess access) {
    return input
        .problem()
        .or(() -> new UnreadFields(access).problem(tasks, input.values(), input.prefix()));
  }

  private static void requireFew(String what, long answers, Limits limits) {
    int most = limits.of(Limit.ANSWERS);
    if (answers > most) {
      throw ProblemDetails.of(
              ProblemKind.TOO_LARGE,
              what + " make " + answers + " answers; a request may have " + most)
          .exception();
    }
  }

  private void batch(Context ctx) {
    long start = System.nanoTime();
    Limits now = limits.get();
    Map<String, Object> body = new BodyReader(limits).object(ctx);
    Instant deadline = Instant.now().plus(Envelope.timeout(body, now));
    Envelope.requireOnly(body, List.of("requests", "timeout_ms"));
    List<Entry> entries = entries(body, access(ctx), now);
    RequestFacts.noteQuestions(ctx, entries.size());
    replyAll(ctx, entries, Entry.answers(entries, serving, deadline), start);
  }

  private static List<Entry> entries(Map<String, Object> body, TaskAccess access, Limits limits) {
    List<Entry> entries = new ArrayList<>();
    for (Object each : Envelope.list("requests", body.get("requests"), limits.of(Limit.INPUTS))) {
      String place = "requests[" + entries.size() + "]";
      entries.add(entry(each, place, access, limits));
    }
    return entries;
  }

  private static Entry entry(Object given, String place, TaskAccess access, Limits limits) {
    String name = "";
    try {
      Map<String, Object> body = object(given);
      if (body.containsKey("timeout_ms")) {
        throw ProblemDetails.ofField(
                ProblemKind.BAD_REQUEST,
                "timeout_ms",
                "it is for the batch as a whole, beside requests")
            .exception();
      }
      Envelope asked = Envelope.read(body, limits);
      if (!asked.single()) {
        throw ProblemDetails.ofField(
                ProblemKind.BAD_REQUEST,
                "task",
                "in a batch, each request has one task and one input")
            .exception();
      }
      name = asked.tasks().get(0);
      access.require("task", name);
      Envelope.Given input = asked.inputs().get(0);
      String task = name;
      return problem(input, List.of(task), access)
          .map(found -> Entry.failed(task, found.in(place)))
          .orElseGet(() -> Entry.sound(new Question(task, input.values())));
    } catch (ProblemException e) {
      return Entry.failed(name, e.problem().in(place));
    }
  }

  private static Map<String, Object> object(Object given) {
    if (!(given instanceof Map<?, ?> map)) {
      throw ProblemDetails.of(ProblemKind.BAD_REQUEST, "an object with task and input is expected")
          .exception();
    }
    Map<String, Object> object = new LinkedHashMap<>();
    map.forEach((name, value) -> object.put(name.toString(), value));
    return object;
  }

  private static void replyAll(Context ctx, List<Entry> asked, List<Result> results, long start) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      entries.add(ResultJson.entry(asked.get(i).question().task(), results.get(i)));
    }
    Map<String, Object> reply = new LinkedHashMap<>();
    reply.put("results", entries);
    reply.put("milliseconds", ResultJson.millisSince(start));
    Replies.json(ctx, reply);
  }
}
