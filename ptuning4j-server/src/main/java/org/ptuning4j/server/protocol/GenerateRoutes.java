package org.ptuning4j.server.protocol;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.predict.WritingOptions;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.http.BodyReader;
import org.ptuning4j.server.http.Replies;
import org.ptuning4j.server.http.RequestFacts;
import org.ptuning4j.server.http.Routes;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.Question;
import org.ptuning4j.server.serving.Result;
import org.ptuning4j.server.serving.Serving;

/**
 * {@code POST /v1/generate}: a task whose answers the model writes; with {@code "stream": true} as
 * server-sent events while it writes.
 *
 * @param serving answers
 * @param limits as they are at present
 */
public record GenerateRoutes(Serving serving, Supplier<Limits> limits) implements Routes {

  @Override
  public void addTo(RoutesConfig routes) {
    routes.post("/v1/generate", this::generate);
  }

  private void generate(Context ctx) throws IOException {
    long start = System.nanoTime();
    Limits now = limits.get();
    Map<String, Object> body = new BodyReader(limits).object(ctx);
    WritingRequest writing = new WritingRequest(body, now);
    Envelope asked = Envelope.read(writing.others(), now);
    if (!asked.single()) {
      throw ProblemDetails.ofField(
              ProblemKind.BAD_REQUEST, "task", "one task and one input are expected")
          .exception();
    }
    String name = asked.tasks().get(0);
    TaskAccess access = new TaskAccess(serving, RequestFacts.caller(ctx));
    OfferedTask task = access.get("task", name);
    GenerationSettings settings = writing.settings(own(task));
    RequestFacts.noteQuestions(ctx, 1);
    Instant deadline = Instant.now().plus(Envelope.timeout(body, now));
    Map<String, Object> input = asked.inputs().get(0).values();
    new UnreadFields(access)
        .problem(List.of(name), input, "")
        .ifPresent(
            problem -> {
              throw problem.exception();
            });
    if (writing.isStream()) {
      WrittenEvents events = new WrittenEvents();
      Question question = new Question(name, input, WritingOptions.of(settings, events));
      events.send(ctx, name, serving.ask(question, deadline));
    } else {
      WritingOptions options = WritingOptions.of(settings, TextListener.NONE);
      List<Result> results = serving.answer(List.of(new Question(name, input, options)), deadline);
      Map<String, Object> reply = ResultJson.entry(name, ResultJson.orThrow(results.get(0)));
      reply.put("milliseconds", ResultJson.millisSince(start));
      Replies.json(ctx, reply);
    }
  }

  private static GenerationSettings own(OfferedTask task) {
    return task.writing()
        .orElseThrow(
            () ->
                ProblemDetails.ofValue(
                        ProblemKind.UNUSABLE_INPUT,
                        "task",
                        task.name(),
                        "the model does not write its answers; ask with POST /v1/predict")
                    .exception());
  }
}
