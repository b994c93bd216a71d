package org.ptuning4j.server.protocol;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.server.json.JsonOutput;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.Asked;
import org.ptuning4j.server.serving.Result;

/**
 * What a model writes, as server-sent events: {@code text} for each piece, and at the end {@code
 * answer} or {@code error}. The model never waits for the client.
 */
final class WrittenEvents implements TextListener {

  /** A piece; empty when all is written. */
  private final LinkedBlockingQueue<Optional<Map<String, Object>>> pieces =
      new LinkedBlockingQueue<>();

  @Override
  public void added(int request, int sequence, String text) {
    Map<String, Object> piece = new LinkedHashMap<>();
    piece.put("sequence", sequence);
    piece.put("text", text);
    pieces.add(Optional.of(piece));
  }

  /** Sends them until the result is there; a client that goes gives it up. */
  void send(Context ctx, String task, Asked asked) throws IOException {
    CompletableFuture<Result> ended =
        asked.result().whenCompleteAsync((answer, failure) -> pieces.add(Optional.empty()));
    HttpServletResponse response = ctx.res();
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    OutputStream out = response.getOutputStream();
    try {
      for (Optional<Map<String, Object>> piece = pieces.take();
          piece.isPresent();
          piece = pieces.take()) {
        send(out, "text", piece.get());
      }
      last(out, task, ended.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      asked.giveUp().run();
      send(
          out,
          "error",
          ProblemDetails.of(ProblemKind.SHUTTING_DOWN, "the server is about to end").json());
    } catch (IOException e) {
      asked.giveUp().run();
      throw e;
    }
  }

  private static void last(OutputStream out, String task, Result result) throws IOException {
    Map<String, Object> entry = ResultJson.entry(task, result);
    if (result instanceof Result.Failed failed) {
      send(out, "error", failed.problem().json());
    } else {
      send(out, "answer", entry);
    }
  }

  private static void send(OutputStream out, String event, Map<String, ?> data) throws IOException {
    String lines = "event: " + event + "\ndata: " + JsonOutput.text(data) + "\n\n";
    out.write(lines.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
