// Verifies what the audit log of an issuer gives out, with the libraries of the Go checksum database: checkpoints, inclusion
// proofs, consistency proofs. Reads one JSON document on stdin and prints what holds, or says what does not and fails.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type consistency struct {
	From   string   `json:"from"`
	To     string   `json:"to"`
	Hashes []string `json:"hashes"`
}

type inclusion struct {
	Checkpoint string   `json:"checkpoint"`
	Index      int64    `json:"index"`
	Record     string   `json:"record"`
	Hashes     []string `json:"hashes"`
}

// handover is a checkpoint with one line more, which names the key before and the next, signed by both.
type handover struct {
	Before string `json:"before"`
	After  string `json:"after"`
	Note   string `json:"note"`
	// From a checkpoint under the key before to the hand-over, and from there to one under the next.
	Consistency []consistency `json:"consistency"`
}

type input struct {
	Verifier    string        `json:"verifier"`
	Consistency []consistency `json:"consistency"`
	Inclusion   []inclusion   `json:"inclusion"`
	Handovers   []handover    `json:"handovers"`
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fail("stdin: %v", err)
	}
	verifier, err := note.NewVerifier(in.Verifier)
	if err != nil {
		fail("verifier: %v", err)
	}
	notes := note.VerifierList(verifier)
	for _, proof := range in.Consistency {
		from, to := open(proof.From, notes), open(proof.To, notes)
		if err := tlog.CheckTree(hashes(proof.Hashes), to.N, to.Hash, from.N, from.Hash); err != nil {
			fail("consistency of %d and %d: %v", from.N, to.N, err)
		}
	}
	for _, proof := range in.Inclusion {
		tree := open(proof.Checkpoint, notes)
		leaf := tlog.RecordHash([]byte(proof.Record))
		if err := tlog.CheckRecord(hashes(proof.Hashes), tree.N, tree.Hash, proof.Index, leaf); err != nil {
			fail("inclusion of leaf %d in %d: %v", proof.Index, tree.N, err)
		}
	}
	for _, each := range in.Handovers {
		follow(each)
	}
	fmt.Printf("%d consistency proofs and %d inclusion proofs hold, %d hand-overs\n", len(in.Consistency), len(in.Inclusion), len(in.Handovers))
}

// follow verifies a hand-over, and that the log grew into it and out of it, each part under its key.
func follow(each handover) {
	before, err := note.NewVerifier(each.Before)
	if err != nil {
		fail("key before: %v", err)
	}
	after, err := note.NewVerifier(each.After)
	if err != nil {
		fail("next key: %v", err)
	}
	opened, err := note.Open([]byte(each.Note), note.VerifierList(before, after))
	if err != nil {
		fail("hand-over: %v", err)
	}
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		fail("hand-over: %d signatures are of these keys, not 2", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 5 || lines[3] != "botpass-log-key-handover "+each.Before+" "+each.After {
		fail("hand-over: %q does not name the keys", opened.Text)
	}
	if len(each.Consistency) != 2 {
		fail("hand-over: %d proofs, not 2", len(each.Consistency))
	}
	for at, key := range []note.Verifier{before, after} {
		proof, notes := each.Consistency[at], note.VerifierList(key)
		from, to := open(proof.From, notes), open(proof.To, notes)
		if err := tlog.CheckTree(hashes(proof.Hashes), to.N, to.Hash, from.N, from.Hash); err != nil {
			fail("consistency of %d and %d: %v", from.N, to.N, err)
		}
	}
}

// open verifies a checkpoint's signature and reads its size and root.
func open(text string, notes note.Verifiers) tlog.Tree {
	opened, err := note.Open([]byte(text), notes)
	if err != nil {
		fail("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 3 {
		fail("checkpoint: %q has no size and root", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("checkpoint size: %v", err)
	}
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func hashes(texts []string) []tlog.Hash {
	list := make([]tlog.Hash, len(texts))
	for at, text := range texts {
		list[at] = hash(text)
	}
	return list
}

func hash(text string) tlog.Hash {
	var value tlog.Hash
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(bytes) != len(value) {
		fail("%q is not a hash", text)
	}
	copy(value[:], bytes)
	return value
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
