package org.ptuning4j.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Times the states of texts in ONNX Runtime's Java, for {@link AnswerBenchmark}'s figures to stand
 * beside. No tokenizing, no prompt and no head: less than an answer takes.
 *
 * <p>Arguments: the name of an ONNX file on the class path, and {@code ROWSxTOKENS...}.
 */
public final class OnnxRuntimeAnswers {

  private static final int TOKENS = 40_000;
  private static final long WORD = 2204;

  private OnnxRuntimeAnswers() {}

  /** See the class. */
  public static void main(String[] args) throws OrtException, IOException {
    try (InputStream in = OnnxRuntimeAnswers.class.getResourceAsStream("/" + args[0]);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      if (in == null) {
        throw new IOException("no " + args[0] + " on the class path");
      }
      options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      try (OrtSession session = environment.createSession(in.readAllBytes(), options)) {
        for (int i = 1; i < args.length; i++) {
          String[] shape = args[i].split("x", 2);
          time(environment, session, Integer.parseInt(shape[0]), Integer.parseInt(shape[1]));
        }
      }
    }
  }

  private static void time(OrtEnvironment environment, OrtSession session, int rows, int tokens) {
    int count = Math.max(15, TOKENS / (rows * tokens));
    for (int i = 0; i < count / 3; i++) {
      once(environment, session, rows, tokens);
    }
    double[] ms =
        IntStream.range(0, count)
            .mapToDouble(i -> once(environment, session, rows, tokens))
            .sorted()
            .toArray();
    System.out.printf(
        Locale.ROOT,
        "%d x %d: median %.2f ms, p10 %.2f, p90 %.2f%n",
        rows,
        tokens,
        ms[count / 2],
        ms[count / 10],
        ms[count * 9 / 10]);
  }

  private static double once(
      OrtEnvironment environment, OrtSession session, int rows, int tokens) {
    long start = System.nanoTime();
    try (OnnxTensor ids = filled(environment, rows, tokens, WORD);
        OnnxTensor mask = filled(environment, rows, tokens, 1);
        OnnxTensor types = filled(environment, rows, tokens, 0)) {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (String name : session.getInputNames()) {
        inputs.put(name, name.contains("mask") ? mask : name.contains("type") ? types : ids);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        result.get(0);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private static OnnxTensor filled(
      OrtEnvironment environment, int rows, int tokens, long value) throws OrtException {
    long[] values = new long[rows * tokens];
    Arrays.fill(values, value);
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {rows, tokens});
  }
}
