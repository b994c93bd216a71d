package org.ptuning4j.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Converts graphs of tests in a folder of theirs. */
record Conversions(Path folder) {

  Path convert(TinyGraph graph) throws IOException {
    return convert(graph.build());
  }

  Path convert(byte[] model) throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), model);
    Path tokenizer =
        Files.writeString(folder.resolve("t.json"), TinyGraph.TOKENIZER, StandardCharsets.UTF_8);
    Path out = Files.createTempDirectory(folder, "out");
    OnnxConversion.write(file, tokenizer, out);
    return out;
  }
}
