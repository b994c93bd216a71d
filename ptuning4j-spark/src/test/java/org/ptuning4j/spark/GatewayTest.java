package org.ptuning4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import py4j.GatewayServer;
import py4j.StringUtil;

/**
 * The estimator and the transformer as PySpark reaches them: through Py4J's gateway, by its text
 * protocol, with names and values alone. The Python side is played by a socket.
 */
class GatewayTest {

  @TempDir Path temp;

  /** What a program in Python has: an entry into the JVM. */
  public static final class Entry {

    private final Dataset<Row> frame;

    Entry(Dataset<Row> frame) {
      this.frame = frame;
    }

    /** The frame, which Python calls {@code frame._jdf}. */
    public Dataset<Row> frame() {
      return frame;
    }
  }

  /** Speaks Py4J's protocol: a letter for what is asked, its parts a line each, {@code e}. */
  private static final class Python implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader in;
    private final Writer out;

    Python(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
    }

    /** An object of a class; its reference. */
    String create(String type) throws IOException {
      return reference(ask("i\n" + type + "\ne\n"));
    }

    /** Calls a method; the answer begins with its type: r a reference, s a text, i a number. */
    String call(String target, String method, Object... arguments) throws IOException {
      StringBuilder command = new StringBuilder("c\n" + target + "\n" + method + "\n");
      for (Object each : arguments) {
        String text = each.toString();
        if (each instanceof Integer) {
          command.append('i').append(text).append('\n');
        } else if (text.startsWith("->")) {
          command.append('r').append(text.substring(2)).append('\n');
        } else {
          command.append('s').append(StringUtil.escape(text)).append('\n');
        }
      }
      return ask(command + "e\n");
    }

    /** The reference in an answer. */
    static String reference(String answer) {
      assertThat(answer).startsWith("r");
      return answer.substring(1);
    }

    private String ask(String command) throws IOException {
      out.write(command);
      out.flush();
      String answer = in.readLine();
      if (answer == null || !answer.startsWith("!y")) {
        throw new IOException("the gateway answers " + answer);
      }
      return answer.substring(2);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void pythonTrainsAndAnswersByNamesAlone() throws IOException {
    try (SparkApplication spark = SparkApplication.local(2)) {
      GatewayServer server =
          new GatewayServer(new Entry(Frames.texts(spark.session(), 48, 16, 1)), 0);
      server.start();
      try (Python python = new Python(server.getListeningPort())) {
        String frame = Python.reference(python.call("t", "frame"));
        String tuning = python.create(PromptTuning.class.getName());
        String model = SparkApplication.model();
        tuning = Python.reference(python.call(tuning, "setModel", model));
        tuning = Python.reference(python.call(tuning, "setTextCol", "sentence"));
        tuning = Python.reference(python.call(tuning, "setLabelCol", "answer_is"));
        tuning = Python.reference(python.call(tuning, "setValidationIndicatorCol", "held_out"));
        tuning = Python.reference(python.call(tuning, "setOut", temp.resolve("run").toString()));
        tuning = Python.reference(python.call(tuning, "setWorkers", 1));
        tuning = Python.reference(python.call(tuning, "setSetting", "epochs", 1));
        tuning = Python.reference(python.call(tuning, "setSetting", "lr", "5e-3"));
        assertThat(python.call(tuning, "explainParams")).contains("promptLength", "5e-3");
        String wrong = tuning;
        assertThatThrownBy(() -> python.call(wrong, "setSetting", "promtLength", 2))
            .hasMessageContaining("!x");

        String trained = Python.reference(python.call(tuning, "fit", "->" + frame));
        assertThat(python.call(trained, "result")).contains("accuracy");
        String answers = Python.reference(python.call(trained, "transform", "->" + frame));
        assertThat(python.call(answers, "count")).isIn("i64", "L64");
        String json = Python.reference(python.call(answers, "toJSON"));
        assertThat(python.call(json, "first")).contains("prediction", "probabilities");
        String writer = Python.reference(python.call(trained, "write"));
        python.call(writer, "save", temp.resolve("saved").toString());
        assertThat(temp.resolve("saved/metadata")).isDirectory();
      } finally {
        server.shutdown();
      }
    }
  }
}
