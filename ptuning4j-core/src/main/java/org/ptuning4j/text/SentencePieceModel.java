package org.ptuning4j.text;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * What a SentencePiece file says: its pieces, and how texts are normalised.
 *
 * @param pieces by their ids
 * @param kind how texts are cut into pieces
 * @param characters the map of characters that are replaced; empty for none
 * @param addsSpace whether a space is put before each text
 * @param trims whether spaces at the ends, and further ones between words, are left out
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SentencePieceModel(
    List<Piece> pieces, Kind kind, byte[] characters, boolean addsSpace, boolean trims) {

  // Numbers of fields in SentencePiece's own schema.
  private static final int PIECES = 1;
  private static final int TRAINER = 2;
  private static final int NORMALIZER = 3;

  /** How texts are cut. */
  enum Kind {
    UNIGRAM,
    BPE
  }

  /** What a piece is for. */
  enum Role {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    OTHER
  }

  /** A piece of text. */
  record Piece(String text, float score, Role role) {}

  /** Copies the list. */
  SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if it is broken, or of a kind that is not read
   */
  static SentencePieceModel read(Path file) {
    Reading reading = new Reading();
    try {
      CodedInputStream in = CodedInputStream.newInstance(JsonFile.bytes(file));
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        reading.part(WireFormat.getTagFieldNumber(tag), tag, in);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          "%s: is no SentencePiece model, or a broken one: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new IllegalStateException(e); // from memory
    }
    return reading.model(file);
  }

  /** The id of the piece for what no other spells. */
  int unknown(Path file) {
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).role() == Role.UNKNOWN) {
        return id;
      }
    }
    throw InvalidInputException.of("%s: has no piece for unknown characters", file);
  }

  /** What is known of a file so far; the defaults are SentencePiece's. */
  private static final class Reading {

    private final List<Piece> pieces = new ArrayList<>();
    private int kind = 1;
    private byte[] characters = new byte[0];
    private boolean addsSpace = true;
    private boolean trims = true;

    void part(int field, int tag, CodedInputStream in) throws IOException {
      if (field != PIECES && field != TRAINER && field != NORMALIZER) {
        in.skipField(tag);
        return;
      }
      int limit = in.pushLimit(in.readRawVarint32());
      switch (field) {
        case PIECES -> pieces.add(piece(in));
        case TRAINER -> trainer(in);
        default -> normalizer(in);
      }
      in.popLimit(limit);
    }

    private static Piece piece(CodedInputStream in) throws IOException {
      String text = "";
      float score = 0;
      int type = 1;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case 1 -> text = in.readStringRequireUtf8();
          case 2 -> score = in.readFloat();
          case 3 -> type = in.readEnum();
          default -> in.skipField(tag);
        }
      }
      return new Piece(text, score, role(type));
    }

    private static Role role(int type) {
      return switch (type) {
        case 1 -> Role.NORMAL;
        case 2 -> Role.UNKNOWN;
        case 3 -> Role.CONTROL;
        case 4 -> Role.USER_DEFINED;
        default -> Role.OTHER;
      };
    }

    private void trainer(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == 3) {
          kind = in.readEnum();
        } else {
          in.skipField(tag);
        }
      }
    }

    private void normalizer(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case 2 -> characters = in.readByteArray();
          case 3 -> addsSpace = in.readBool();
          case 4 -> trims = in.readBool();
          default -> in.skipField(tag);
        }
      }
    }

    SentencePieceModel model(Path file) {
      if (pieces.isEmpty()) {
        throw InvalidInputException.of("%s: is no SentencePiece model: it has no pieces", file);
      }
      if (kind != 1 && kind != 2) {
        throw InvalidInputException.of(
            "%s: a SentencePiece model of kind %d; those of kind 1 (unigram) and 2 (BPE) are read",
            file, kind);
      }
      return new SentencePieceModel(
          pieces, kind == 1 ? Kind.UNIGRAM : Kind.BPE, characters, addsSpace, trims);
    }
  }
}
