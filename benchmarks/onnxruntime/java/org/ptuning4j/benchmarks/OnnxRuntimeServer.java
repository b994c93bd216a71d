package org.ptuning4j.benchmarks;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * A model of its own for each task in ONNX Runtime's Java, behind the same HTTP as {@link
 * ServeLoad} asks: what a copy per task takes. Questions of one task that wait share a batch. The
 * models are copies of one file without a head, so that an answer takes a little less than in
 * truth.
 *
 * <p>Arguments: an ONNX file on the class path, a folder with its tokenizer, the number of tasks,
 * and the port.
 */
public final class OnnxRuntimeServer {

  private static final int BATCH_TOKENS = 4096;
  private static final int LONGEST = 128;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final List<OrtSession> sessions = new ArrayList<>();
  private final ArrayDeque<Question> waiting = new ArrayDeque<>();
  private final HuggingFaceTokenizer tokenizer;
  private final ObjectMapper json = new ObjectMapper();

  private record Question(int task, Encoding encoding, CompletableFuture<float[]> answer) {
    private long[] ids() {
      return encoding.getIds();
    }
  }

  private OnnxRuntimeServer(byte[] model, Path folder, int tasks)
      throws OrtException, IOException {
    tokenizer =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(folder)
            .optTruncation(true)
            .optMaxLength(LONGEST)
            .build();
    for (int i = 0; i < tasks; i++) {
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      options.addConfigEntry("session.intra_op.allow_spinning", "0"); // of 32 sessions
      sessions.add(environment.createSession(model, options));
    }
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    byte[] model;
    try (InputStream in = OnnxRuntimeServer.class.getResourceAsStream("/" + args[0])) {
      model = in.readAllBytes();
    }
    OnnxRuntimeServer server =
        new OnnxRuntimeServer(model, Path.of(args[1]), Integer.parseInt(args[2]));
    Thread computing = new Thread(server::compute, "computing");
    computing.setDaemon(true);
    computing.start();
    HttpServer http =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[3])),
            1024);
    http.setExecutor(Executors.newCachedThreadPool());
    http.createContext("/", server::answer);
    http.start();
    System.err.println("Serving at " + http.getAddress());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode asked = json.readTree(exchange.getRequestBody());
      int task = Integer.parseInt(asked.get("task").asText().substring("task-".length()));
      Encoding encoding = tokenizer.encode(asked.get("text").asText());
      Question question = new Question(task, encoding, new CompletableFuture<>());
      synchronized (waiting) {
        waiting.add(question);
        waiting.notifyAll();
      }
      float[] states = question.answer().join();
      byte[] reply = ("{\"answer\":" + states[0] + "}").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  private void compute() {
    while (true) {
      List<Question> batch = next();
      try {
        run(batch);
      } catch (OrtException | RuntimeException e) {
        batch.forEach(each -> each.answer().completeExceptionally(e));
      }
    }
  }

  /** The question that has waited longest, and others of its task. */
  private List<Question> next() {
    synchronized (waiting) {
      while (waiting.isEmpty()) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      int task = waiting.getFirst().task();
      List<Question> batch = new ArrayList<>();
      int longest = 0;
      for (Iterator<Question> each = waiting.iterator(); each.hasNext(); ) {
        Question question = each.next();
        int wider = Math.max(longest, question.ids().length);
        if (question.task() == task && (batch.size() + 1) * wider <= BATCH_TOKENS) {
          each.remove();
          batch.add(question);
          longest = wider;
        }
      }
      return batch;
    }
  }

  private void run(List<Question> batch) throws OrtException {
    int rows = batch.size();
    int columns = batch.stream().mapToInt(each -> each.ids().length).max().orElseThrow();
    long[] ids = new long[rows * columns];
    long[] mask = new long[rows * columns];
    for (int row = 0; row < rows; row++) {
      long[] own = batch.get(row).ids();
      System.arraycopy(own, 0, ids, row * columns, own.length);
      java.util.Arrays.fill(mask, row * columns, row * columns + own.length, 1);
    }
    long[] shape = {rows, columns};
    OrtSession session = sessions.get(batch.get(0).task());
    try (OnnxTensor words = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        OnnxTensor seen = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        OnnxTensor types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape)) {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (String name : session.getInputNames()) {
        inputs.put(name, name.contains("mask") ? seen : name.contains("type") ? types : words);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        float[] all = ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        int width = all.length / rows;
        for (int row = 0; row < rows; row++) {
          batch.get(row).answer().complete(new float[] {all[row * width]});
        }
      }
    }
  }
}
