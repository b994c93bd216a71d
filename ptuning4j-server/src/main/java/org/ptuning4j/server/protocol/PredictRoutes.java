package org.ptuning4j.server.protocol;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    List<Question> questions = questions(asked, access(ctx), now);
    RequestFacts.noteQuestions(ctx, questions.size());
    List<Result> results = serving.answer(questions, deadline);
    if (asked.single()) {
      Map<String, Object> reply =
          ResultJson.entry(asked.tasks().get(0), ResultJson.orThrow(results.get(0)));
      reply.put("milliseconds", ResultJson.millisSince(start));
      Replies.json(ctx, reply);
    } else {
      replyAll(ctx, questions, results, start);
    }
  }

  private TaskAccess access(Context ctx) {
    return new TaskAccess(serving, RequestFacts.caller(ctx));
  }

  /** Every task about the first input, then every task about the second, and so on. */
  private static List<Question> questions(Envelope asked, TaskAccess access, Limits limits) {
    List<String> tasks = asked.tasks().isEmpty() ? access.names() : asked.tasks();
    for (int i = 0; i < tasks.size(); i++) {
      access.require(asked.single() ? "task" : "tasks[" + i + "]", tasks.get(i));
    }
    requireFew("tasks times inputs", (long) tasks.size() * asked.inputs().size(), limits);
    List<Question> questions = new ArrayList<>();
    for (Map<String, Object> input : asked.inputs()) {
      tasks.forEach(task -> questions.add(new Question(task, input)));
    }
    return questions;
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
    List<Entry> entries = entries(body, access(ctx), now);
    List<Question> questions =
        entries.stream().filter(Entry::isSound).map(Entry::question).toList();
    RequestFacts.noteQuestions(ctx, entries.size());
    List<Result> answered = questions.isEmpty() ? List.of() : serving.answer(questions, deadline);
    List<Result> results = new ArrayList<>();
    int next = 0;
    for (Entry entry : entries) {
      results.add(entry.isSound() ? answered.get(next++) : new Result.Failed(entry.problem()));
    }
    replyAll(ctx, entries.stream().map(Entry::question).toList(), results, start);
  }

  /**
   * One request of a batch.
   *
   * @param question its task's name may be of no task
   * @param problem why it cannot be asked; null if it can
   */
  private record Entry(Question question, ProblemDetails problem) {

    boolean isSound() {
      return problem == null;
    }
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
      Envelope asked = Envelope.read(object(given), limits);
      if (!asked.single()) {
        throw ProblemDetails.ofField(
                ProblemKind.BAD_REQUEST,
                "task",
                "in a batch, each request has one task and one input")
            .exception();
      }
      name = asked.tasks().get(0);
      access.require("task", name);
      return new Entry(new Question(name, asked.inputs().get(0)), null);
    } catch (ProblemException e) {
      return new Entry(new Question(name, Map.of()), e.problem().in(place));
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

  private static void replyAll(
      Context ctx, List<Question> questions, List<Result> results, long start) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      entries.add(ResultJson.entry(questions.get(i).task(), results.get(i)));
    }
    Map<String, Object> reply = new LinkedHashMap<>();
    reply.put("results", entries);
    reply.put("milliseconds", ResultJson.millisSince(start));
    Replies.json(ctx, reply);
  }
}
