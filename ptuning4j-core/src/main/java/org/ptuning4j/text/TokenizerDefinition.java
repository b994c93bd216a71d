package org.ptuning4j.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.InvalidInputException;

/**
 * A tokenizer as a tokenizer.json describes it, read from a folder or built from older vocabulary
 * files.
 *
 * @param source the file to name in errors
 * @param json the content
 * @param notes what may surprise, such as two files that contradict each other; a sentence each
 */
record TokenizerDefinition(Path source, ObjectNode json, List<String> notes) {

  /**
   * Takes tokenizer.json, else vocab.txt (WordPiece), else vocab.json with merges.txt (byte-level
   * BPE), else cog-pretrain.model (the Chinese GLM's SentencePiece), else spiece.model if it is
   * T5's.
   *
   * @throws InvalidInputException when none of them is there or one is broken
   */
  static TokenizerDefinition in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of(
          "%s: no such folder; a model's folder with its tokenizer is needed", folder);
    }
    Path json = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(json)) {
      ObjectNode content = JsonFile.read(json);
      return new TokenizerDefinition(
          json, content, NormalizerSettings.apply(folder, json, content));
    }
    Path words = folder.resolve("vocab.txt");
    if (Files.isRegularFile(words)) {
      return new TokenizerDefinition(words, WordPieceVocabulary.read(folder, words), List.of());
    }
    Path bytes = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.isRegularFile(bytes) && Files.isRegularFile(merges)) {
      return new TokenizerDefinition(
          bytes, ByteLevelVocabulary.read(folder, bytes, merges), List.of());
    }
    Path glm = folder.resolve(SentencePieceVocabulary.FILE);
    if (Files.isRegularFile(glm)) {
      return new TokenizerDefinition(glm, SentencePieceVocabulary.read(folder, glm), List.of());
    }
    Path t5 = folder.resolve(T5Vocabulary.FILE);
    if (Files.isRegularFile(t5)) {
      SentencePieceModel model = SentencePieceModel.read(t5);
      if (T5Vocabulary.is(model)) {
        return new TokenizerDefinition(t5, T5Vocabulary.read(folder, t5, model), List.of());
      }
    }
    Optional<String> pieces = sentencePieces(folder);
    if (pieces.isPresent()) {
      throw InvalidInputException.of(
          "%s: holds a SentencePiece model (%s), which is not read by itself; a tokenizer.json is"
              + " needed. Fetch the one that is published beside it, or make it in Python:"
              + " transformers.AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)",
          folder, pieces.get());
    }
    throw InvalidInputException.of(
        "%s: holds no tokenizer; looked for tokenizer.json, vocab.txt, and vocab.json with"
            + " merges.txt; the folder holds %s",
        folder, listing(folder));
  }

  private static Optional<String> sentencePieces(Path folder) {
    return Stream.of("spm.model", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model")
        .filter(name -> Files.isRegularFile(folder.resolve(name)))
        .findFirst();
  }

  private static String listing(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
      String shown = names.stream().limit(20).collect(Collectors.joining(", "));
      return names.isEmpty() ? "nothing" : names.size() > 20 ? shown + ", …" : shown;
    } catch (IOException e) {
      return "files that cannot be listed: " + e;
    }
  }
}
