package org.ptuning4j.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyGlm;

/** The files that GLM's tokenizers are published in. */
class GlmTokenizersTest {

  @TempDir Path folder;

  private void file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  private static int[] ids(TextTokenizer tokenizer, String text) {
    return tokenizer.encodeWithoutSpecialTokens(text, null, Truncation.none()).ids();
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(IntStream::of).toArray();
  }

  /** The large GLM: BERT's words. */
  @Test
  void wordPieces() {
    TinyGlm.write(folder);
    Path model = folder.toFile().listFiles()[0].toPath();
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      Encoding encoding = tokenizer.encode("The Fox was quick.", null, Truncation.none());
      assertThat(encoding.ids()).isEqualTo(TinyGlm.ids("[CLS] the fox was quick . [SEP]"));
      assertThat(tokenizer.maskId()).hasValue(TinyGlm.id("[MASK]"));
      assertThat(tokenizer.tokenId("<|startofpiece|>")).hasValue(TinyGlm.id("<|startofpiece|>"));
    }
  }

  /** GLM-2B and 10B: GPT-2's vocabulary with the tokens of GLM behind it. */
  @Test
  void bytesOfGpt2() throws IOException {
    TestTokenizers.copy(TestTokenizers.golden("gpt2"), folder, "vocab.json", "merges.txt");
    int size;
    try (TextTokenizer gpt = TextTokenizer.open(folder)) {
      size = gpt.vocabularySize();
    }
    file(
        "added_tokens.json",
        added(
            size,
            "<|startofpiece|>",
            "<|endofpiece|>",
            "[CLS]",
            "[MASK]",
            "[SEP]",
            "[UNK]",
            "[gMASK]",
            "[sMASK]"));
    file(
        "special_tokens_map.json",
        """
        {"cls_token": "[CLS]", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
         "sep_token": "[SEP]", "unk_token": "[UNK]",
         "mask_token": {"content": "[MASK]", "lstrip": true}}
        """);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int end = tokenizer.tokenId("<|endoftext|>").orElseThrow();
      int cls = size + 2;
      int[] one = ids(tokenizer, "the quick fox");
      int[] two = ids(tokenizer, "a dog");
      assertThat(tokenizer.encode("the quick fox", null, Truncation.none()).ids())
          .isEqualTo(join(new int[] {cls}, one, new int[] {end}));
      Encoding pair = tokenizer.encode("the quick fox", "a dog", Truncation.none());
      assertThat(pair.ids())
          .isEqualTo(join(new int[] {cls}, one, new int[] {size + 4}, two, new int[] {end}));
      assertThat(tokenizer.maskId()).hasValue(size + 3);
      assertThat(tokenizer.endId()).hasValue(end);
      assertThat(tokenizer.padId()).isEqualTo(end);
      assertThat(tokenizer.tokenId("[sMASK]")).hasValue(size + 7);
      assertThat(tokenizer.specialTokensIn("a [gMASK] b")).containsExactly("[gMASK]");
      assertThat(tokenizer.vocabularySize()).isEqualTo(size + 8);
    }
  }

  /** The GLM on RoBERTa's vocabulary has RoBERTa's special tokens. */
  @Test
  void bytesOfRoberta() throws IOException {
    TestTokenizers.copy(TestTokenizers.golden("roberta"), folder, "vocab.json", "merges.txt");
    int size;
    try (TextTokenizer roberta = TextTokenizer.open(folder)) {
      size = roberta.vocabularySize();
    }
    file("added_tokens.json", added(size, "<|startofpiece|>", "<|endofpiece|>"));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] all = tokenizer.encode("the quick fox", null, Truncation.none()).ids();
      assertThat(all[0]).isEqualTo(tokenizer.tokenId("<s>").orElseThrow());
      assertThat(all[all.length - 1]).isEqualTo(tokenizer.tokenId("</s>").orElseThrow());
      assertThat(tokenizer.tokenId("<|endofpiece|>")).hasValue(size + 1);
      assertThat(tokenizer.maskId()).isEqualTo(tokenizer.tokenId("<mask>"));
    }
  }

  private static String added(int first, String... tokens) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < tokens.length; i++) {
      json.append(i == 0 ? "" : ", ").append("\"%s\": %d".formatted(tokens[i], first + i));
    }
    return json.append("}").toString();
  }

  private static final String CHINESE_TOKENS =
      added(
          12,
          "<|endoftext|>",
          "[SEP]",
          "[CLS]",
          "[MASK]",
          "[UNUSED1]",
          "[UNUSED2]",
          "<|startofpiece|>",
          "<|endofpiece|>",
          "[sMASK]",
          "[gMASK]");

  private void pieces(int kind) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    String[] texts = {
      "<unk>", "<s>", "</s>", "<n>", "bc", "\u2581a", "\u2581abc", "\u2581", "a", "b", "c", "好"
    };
    int[] roles = {2, 3, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1};
    for (int i = 0; i < texts.length; i++) {
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      CodedOutputStream piece = CodedOutputStream.newInstance(one);
      piece.writeString(1, texts[i]);
      piece.writeFloat(2, i < 4 ? 0 : 4 - i);
      piece.writeEnum(3, roles[i]);
      piece.flush();
      out.writeByteArray(1, one.toByteArray());
    }
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    CodedOutputStream trainer = CodedOutputStream.newInstance(one);
    trainer.writeString(2, "cog-pretrain");
    trainer.writeEnum(3, kind);
    trainer.writeInt32(4, texts.length);
    trainer.flush();
    out.writeByteArray(2, one.toByteArray());
    out.flush();
    Files.write(folder.resolve("cog-pretrain.model"), bytes.toByteArray());
  }

  /** The Chinese GLM: SentencePiece's BPE, which joins the best piece first. */
  @Test
  void sentencePieces() throws IOException {
    pieces(2);
    file("added_tokens.json", CHINESE_TOKENS);
    file("special_tokens_map.json", "{\"eos_token\": \"<|endoftext|>\"}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(ids(tokenizer, "abc")).containsExactly(6);
      assertThat(ids(tokenizer, "ab")).containsExactly(5, 9);
      assertThat(ids(tokenizer, "bc a")).containsExactly(7, 4, 5);
      assertThat(ids(tokenizer, "  abc   ab ")).containsExactly(6, 5, 9);
      assertThat(ids(tokenizer, "好xy")).containsExactly(7, 11, 0);
      assertThat(ids(tokenizer, "a<n>")).containsExactly(5, 3);
      assertThat(ids(tokenizer, "")).isEmpty();
      assertThat(tokenizer.encode("abc", null, Truncation.none()).ids()).containsExactly(14, 6, 12);
      assertThat(tokenizer.encode("abc", "ab", Truncation.none()).ids())
          .containsExactly(14, 6, 13, 5, 9, 12);
      assertThat(tokenizer.decode(new int[] {14, 6, 5, 9, 12})).isEqualTo("abc ab");
      assertThat(tokenizer.maskId()).hasValue(15);
      assertThat(tokenizer.endId()).hasValue(12);
      assertThat(tokenizer.unkId()).hasValue(0);
      assertThat(tokenizer.vocabularySize()).isEqualTo(22);
    }
  }

  /** With probabilities of pieces the likeliest cut is taken. */
  @Test
  void sentencePiecesOfOneWordEach() throws IOException {
    pieces(1);
    file("added_tokens.json", CHINESE_TOKENS);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(ids(tokenizer, "abc")).containsExactly(5, 4); // -1 + 0 against -2
      assertThat(ids(tokenizer, "bc")).containsExactly(7, 4);
    }
  }

  @Test
  void faultsNameTheFile() throws IOException {
    pieces(3);
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cog-pretrain.model: a SentencePiece model of kind 3");
    pieces(2);
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lack '[CLS]'")
        .hasMessageContaining("added_tokens.json");
    byte[] whole = Files.readAllBytes(folder.resolve("cog-pretrain.model"));
    Files.write(folder.resolve("cog-pretrain.model"), Arrays.copyOf(whole, whole.length - 5));
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cog-pretrain.model: is no SentencePiece model, or a broken one");
    Files.write(folder.resolve("cog-pretrain.model"), new byte[0]);
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it has no pieces");
  }
}
