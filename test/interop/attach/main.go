// Command attach is a bot written against the proto alone: it attests with a join token, is issued an X509-SVID and
// prints what is pushed to it, a JSON object a line. Usage: attach PROTO_DIRECTORY < TOKEN
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bufbuild/protocompile"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

type object = map[string]any

type token struct {
	Addresses   []string `json:"a"`
	TrustDomain string   `json:"t"`
	Pins        []string `json:"p"`
	ID          string   `json:"i"`
	Secret      string   `json:"s"`
}

// wire makes and reads messages by the descriptors of the proto files.
type wire struct {
	service protoreflect.ServiceDescriptor
}

func (w wire) method(name protoreflect.Name) protoreflect.MethodDescriptor {
	return w.service.Methods().ByName(name)
}

func build(kind protoreflect.MessageDescriptor, content object) (proto.Message, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	message := dynamicpb.NewMessage(kind)
	return message, protojson.Unmarshal(text, message)
}

func read(message proto.Message) (object, error) {
	text, err := protojson.Marshal(message)
	if err != nil {
		return nil, err
	}
	content := object{}
	return content, json.Unmarshal(text, &content)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	tok, err := parseToken(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{os.Args[1]}}),
	}
	files, err := compiler.Compile(ctx, "botpass/v1/attach.proto")
	if err != nil {
		return err
	}
	w := wire{files[0].Services().ByName("AttachService")}
	roots, err := pinnedRoots(ctx, w, tok)
	if err != nil {
		return err
	}
	return live(ctx, w, tok, roots)
}

func parseToken(text string) (token, error) {
	var tok token
	encoded, found := strings.CutPrefix(text, "bpt1.")
	if !found {
		return tok, errors.New("not a token")
	}
	content, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return tok, err
	}
	return tok, json.Unmarshal(content, &tok)
}

func dial(address string, verify func([][]byte) error) (*grpc.ClientConn, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // there are no host names in SPIFFE: verify below does all of it
		VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
			return verify(chain)
		},
	}
	return grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(config)))
}

// pinnedRoots fetches the bundle, and keeps of it what the token's pins confirm. Nothing secret is sent.
func pinnedRoots(ctx context.Context, w wire, tok token) (*x509.CertPool, error) {
	conn, err := dial(tok.Addresses[0], func([][]byte) error { return nil })
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	method := w.method("GetBundle")
	answer := dynamicpb.NewMessage(method.Output())
	path := "/botpass.v1.AttachService/GetBundle"
	if err := conn.Invoke(ctx, path, dynamicpb.NewMessage(method.Input()), answer); err != nil {
		return nil, err
	}
	roots, kept := x509.NewCertPool(), 0
	list := answer.Get(method.Output().Fields().ByName("x509_authorities")).List()
	for i := range list.Len() {
		root, err := x509.ParseCertificate(list.Get(i).Bytes())
		if err != nil {
			return nil, err
		}
		pin := sha256.Sum256(root.RawSubjectPublicKeyInfo)
		if slices.Contains(tok.Pins, hex.EncodeToString(pin[:])) {
			roots.AddCert(root)
			kept++
		}
	}
	if kept == 0 {
		return nil, errors.New("the server has no authority that the token names")
	}
	return roots, nil
}

// verified checks one leaf against the roots, and its SPIFFE ID.
func verified(der []byte, roots *x509.CertPool, id string) error {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usages}); err != nil {
		return err
	}
	if len(leaf.URIs) != 1 || leaf.URIs[0].String() != id {
		return fmt.Errorf("the certificate is of %v, not %s", leaf.URIs, id)
	}
	return nil
}

func live(ctx context.Context, w wire, tok token, roots *x509.CertPool) error {
	conn, err := dial(tok.Addresses[0], func(chain [][]byte) error {
		return verified(chain[0], roots, "spiffe://"+tok.TrustDomain+"/botpass/server")
	})
	if err != nil {
		return err
	}
	defer conn.Close()
	method := w.method("Attach")
	desc := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := conn.NewStream(ctx, desc, "/botpass.v1.AttachService/Attach")
	if err != nil {
		return err
	}
	send := func(content object) error {
		message, err := build(method.Input(), content)
		if err != nil {
			return err
		}
		return stream.SendMsg(message)
	}
	receive := func() (object, error) {
		message := dynamicpb.NewMessage(method.Output())
		if err := stream.RecvMsg(message); err != nil {
			return nil, err
		}
		return read(message)
	}

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	nonce := make([]byte, 32)
	rand.Read(nonce)
	evidence := object{"tokenId": tok.ID, "publicKey": spki}
	hello := object{"protocolVersion": 1, "client": "attach (Go)", "clientNonce": nonce, "joinToken": evidence}
	if err := send(object{"id": 1, "hello": hello}); err != nil {
		return err
	}
	answer, err := receive()
	if err != nil {
		return err
	}
	challenge, found := answer["challenge"].(object)
	if !found {
		return fmt.Errorf("no challenge: %v", answer)
	}
	serverNonce, err := base64.StdEncoding.DecodeString(challenge["serverNonce"].(string))
	if err != nil {
		return err
	}
	secret, err := base64.RawURLEncoding.DecodeString(tok.Secret)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(toSign(tok, nonce, serverNonce))
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		return err
	}
	response := object{"signature": signature, "tokenSecret": secret}
	if err := send(object{"id": 2, "challengeResponse": response}); err != nil {
		return err
	}
	if answer, err = receive(); err != nil {
		return err
	}
	attached, found := answer["attached"].(object)
	if !found {
		return fmt.Errorf("not attached: %v", answer)
	}
	identity := attached["identities"].([]any)[0].(object)
	if err := askFor(identity, roots, send, receive); err != nil {
		return err
	}
	for {
		push, err := receive()
		if err != nil {
			print(object{"ended": err.Error()})
			return nil
		}
		print(push)
	}
}

func askFor(identity object, roots *x509.CertPool, send func(object) error, receive func() (object, error)) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return err
	}
	item := object{"instanceId": identity["instanceId"], "x509": object{"csr": csr}}
	if err := send(object{"id": 3, "issue": object{"items": []any{item}}}); err != nil {
		return err
	}
	for {
		answer, err := receive()
		if err != nil {
			return err
		}
		issued, found := answer["issued"].(object)
		if !found {
			continue
		}
		svid, found := issued["results"].([]any)[0].(object)["x509"].(object)
		if !found {
			return fmt.Errorf("refused: %v", answer)
		}
		chain := svid["certificates"].([]any)
		der, err := base64.StdEncoding.DecodeString(chain[0].(string))
		if err != nil {
			return err
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		if public, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(&key.PublicKey) {
			return errors.New("the certificate is not of the key that was sent")
		}
		if err := verified(der, roots, identity["spiffeId"].(string)); err != nil {
			return err
		}
		serial := hex.EncodeToString(leaf.SerialNumber.FillBytes(make([]byte, 16)))
		print(object{"spiffeId": identity["spiffeId"], "serial": serial})
		return send(object{"id": 4, "installed": object{"serials": []string{serial}}})
	}
}

// toSign is what docs/attestation.md says: a label, then each field, all behind their lengths.
func toSign(tok token, clientNonce, serverNonce []byte) []byte {
	var out bytes.Buffer
	label := []byte("botpass attestation challenge v1")
	for _, field := range [][]byte{label, []byte("join_token"), []byte(tok.ID), []byte(tok.TrustDomain), clientNonce, serverNonce} {
		binary.Write(&out, binary.BigEndian, uint32(len(field)))
		out.Write(field)
	}
	return out.Bytes()
}

func print(content object) {
	text, _ := json.Marshal(content)
	fmt.Println(string(text))
}
